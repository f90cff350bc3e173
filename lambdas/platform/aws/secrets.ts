import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type FetchSecret, SecretAccessError } from '../secret-cache.ts';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';

export const secretLimits: CallLimits = { attempts: 2, attemptMs: 3_000 };

let client: SecretsManagerClient | undefined;

/**
 * Returns the process's client, created at the first call: importing this file needs no AWS
 * settings.
 */
export function secretsManager(): SecretsManagerClient {
  client ??= new SecretsManagerClient(clientLimits(secretLimits));
  return client;
}

/** Reads a secret with the SDK. Verifiers use `aws-lite/get-secret-value.ts` instead. */
export const fetchSecretValue: FetchSecret = async (secretId, version) => {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: version });
    const { SecretString } = await secretsManager().send(command, callDeadline(secretLimits));
    return SecretString?.trim() || undefined;
  } catch (error) {
    // Secrets Manager returns the same error for a secret that exists but has no value yet.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    if (error instanceof Error && error.name === 'AccessDeniedException')
      throw new SecretAccessError(secretId, error);
    throw error;
  }
};
