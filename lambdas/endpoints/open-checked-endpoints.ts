import * as z from 'zod';
import { providers } from '../catalog/providers.ts';
import { listVersions } from '../platform/aws/secret-versions.ts';
import { cachedSecret, type SecretSource } from '../platform/secret-cache.ts';
import { type ManagedEndpoint, openEndpoints } from './open-endpoints.ts';

interface Environment {
  /** JSON object: provider → name of the secret with the key that manages its webhooks. */
  readonly WEBHOOKS_KEYS: string;
  /** JSON object: provider → name of its signing secret. */
  readonly WATCHED_SECRETS: string;
  readonly API_URL: string;
}

const namesByProvider = z.partialRecord(z.enum(providers), z.string());

/** Connects the job to the webhooks of each provider. It can read no signing secret. */
export function openCheckedEndpoints(
  env: Environment,
  source: Pick<SecretSource, 'fetch' | 'now'>,
): readonly ManagedEndpoint[] {
  const keys = namesByProvider.parse(JSON.parse(env.WEBHOOKS_KEYS));
  const signing = namesByProvider.parse(JSON.parse(env.WATCHED_SECRETS));
  return openEndpoints({
    apiUrl: env.API_URL,
    readKeyOf(provider) {
      const secretId = keys[provider];
      return secretId === undefined ? undefined : cachedSecret({ secretId, ...source });
    },
    secretOf: (provider) => ({
      versions: () => listVersions(signing[provider] ?? ''),
      value: async () => undefined,
      faultOf: () => undefined,
      store: async () => {
        throw new Error('The job check-endpoints stores no secret.');
      },
    }),
  });
}
