import { operatorSecretFault } from '../../../../lambdas/providers/operator-secret-fault.ts';
import { type Finding, ok, problem } from '../finding.ts';

/** Text of a secret, or why there is none. */
export type SecretRead =
  | { readonly state: 'filled'; readonly text: string }
  | { readonly state: 'absent' | 'empty' | 'denied' };

/**
 * Checks one secret that must have a value.
 *
 * @param create Command that creates the secret.
 */
export function checkSecret(
  name: string,
  read: SecretRead,
  create = `aws secretsmanager create-secret --name ${name} --secret-string '…'`,
): Finding {
  const check = `secret ${name}`;
  const put = `aws secretsmanager put-secret-value --secret-id ${name} --secret-string '…'`;
  switch (read.state) {
    case 'filled': {
      const fault = operatorSecretFault(name, read.text);
      return fault === undefined
        ? ok(check, 'Has a value in the right form.')
        : problem(check, `The value is malformed. ${fault}`, put);
    }
    case 'denied':
      return problem(check, 'No access to the secret, or it does not exist.', create);
    case 'absent':
      return problem(check, 'Does not exist.', create);
    case 'empty':
      return problem(check, 'Has no value.', put);
  }
}

/** Checks a secret that the first deploy creates: it may be missing, but not malformed. */
export function checkSecretBeforeDeploy(name: string, read: SecretRead): Finding {
  return read.state === 'filled'
    ? checkSecret(name, read)
    : ok(`secret ${name}`, 'Has no value yet. Fill it after the deploy.');
}
