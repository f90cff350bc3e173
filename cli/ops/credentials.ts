import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { UserError } from '../../local/user-error.ts';

/** Returns a function that reads the operator's AWS credentials, as the AWS CLI does. */
export function readCredentials() {
  const read = defaultProvider();
  return async () => {
    try {
      return await read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(
        `No AWS credentials found: ${reason.replace(/\.?$/, '.')} ` +
          'Sign in, for example with aws sso login, or set AWS_PROFILE.',
      );
    }
  };
}
