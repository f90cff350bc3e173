import { type FetchSecret, SecretAccessError } from '../secret-cache.ts';
import { AwsRequestError, awsRequest } from './aws-client.ts';

/**
 * A delivery causes at most two calls of GetSecretValue and one of SendMessage, each with two
 * attempts. Their sum must fit into the 5 s after which Mux closes the connection. A test in
 * test/unit/webhooks/ingest checks the sum.
 */
export const SECRET_ATTEMPT_MS = 500;

export const fetchSecretValue: FetchSecret = async (secretId, version) => {
  try {
    const response = await awsRequest({
      service: 'secretsmanager',
      operation: 'GetSecretValue',
      input: { SecretId: secretId, VersionStage: version },
      attemptMs: SECRET_ATTEMPT_MS,
    });
    const text = response['SecretString'];
    return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
  } catch (error) {
    // Secrets Manager returns the same error for a secret that exists but has no value yet.
    if (error instanceof AwsRequestError && error.code === 'ResourceNotFoundException')
      return undefined;
    if (error instanceof AwsRequestError && error.code === 'AccessDeniedException')
      throw new SecretAccessError(secretId, error);
    throw error;
  }
};
