import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type FetchSecret, SecretAccessError } from '../secret-cache.ts';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';

const LIMITS: CallLimits = { attempts: 2, attemptMs: 3_000 };

/** Client of Secrets Manager with the limits of its calls. */
export interface SecretsManagerConnection {
  /** Creates the client at the first call: importing this file needs no AWS settings. */
  client(): SecretsManagerClient;
  readonly limits: CallLimits;
}

export function openSecretsManager(limits: CallLimits = LIMITS): SecretsManagerConnection {
  let opened: SecretsManagerClient | undefined;
  return {
    client() {
      opened ??= new SecretsManagerClient(clientLimits(limits));
      return opened;
    },
    limits,
  };
}

/** The process's connection. */
export const secretsManager = openSecretsManager();

/** Reads a secret with the SDK. Verifiers use `aws-lite/get-secret-value.ts` instead. */
export const makeFetchSecretValue =
  ({ client, limits }: SecretsManagerConnection): FetchSecret =>
  async (secretId, version) => {
    try {
      const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: version });
      const { SecretString } = await client().send(command, callDeadline(limits));
      return SecretString?.trim() || undefined;
    } catch (error) {
      // Secrets Manager returns the same error for a secret that exists but has no value yet.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      if (error instanceof Error && error.name === 'AccessDeniedException')
        throw new SecretAccessError(secretId, error);
      throw error;
    }
  };

export const fetchSecretValue: FetchSecret = makeFetchSecretValue(secretsManager);
