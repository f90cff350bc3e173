import type { FetchSecret, SecretVersion } from '../../lambdas/platform/secret-cache.ts';

export const secretId = 'motion-mavericks/test/mux/webhook-signing-secret';

/** Makes a secret in memory with a clock that the test can move. */
export function aSecret(versions: Partial<Record<SecretVersion, string | Error>>) {
  const reads: SecretVersion[] = [];
  let ms = Date.parse('2026-11-23T09:00:00Z');
  const fetch: FetchSecret = async (_, version) => {
    reads.push(version);
    const value = versions[version];
    if (value instanceof Error) throw value;
    return value;
  };
  return {
    source: { secretId, fetch, now: () => new Date(ms) },
    versions,
    reads: (version: SecretVersion = 'AWSCURRENT') =>
      reads.filter((read) => read === version).length,
    wait: (seconds: number) => {
      ms += seconds * 1000;
    },
  };
}
