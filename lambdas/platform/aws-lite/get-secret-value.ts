import type { FetchSecret } from '../secret-cache.ts';
import { AwsRequestError, awsRequest } from './aws-client.ts';

// Two attempts here and two of SendMessage fit into the 5 s after which Mux closes the connection.
const ATTEMPT_MS = 900;

export const fetchSecretValue: FetchSecret = async (secretId, version) => {
  try {
    const response = await awsRequest({
      service: 'secretsmanager',
      operation: 'GetSecretValue',
      input: { SecretId: secretId, VersionStage: version },
      attemptMs: ATTEMPT_MS,
    });
    const text = response['SecretString'];
    return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
  } catch (error) {
    // Secrets Manager returns the same error for a secret that exists but has no value yet.
    if (error instanceof AwsRequestError && error.code === 'ResourceNotFoundException')
      return undefined;
    throw error;
  }
};
