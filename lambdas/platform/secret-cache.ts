import type { Clock } from './clock.ts';

export type SecretVersion = 'AWSCURRENT' | 'AWSPREVIOUS';

/**
 * Reads the trimmed text of a version. Returns undefined if the secret or the version does not
 * exist, or if the text is blank.
 */
export type FetchSecret = (secretId: string, version: SecretVersion) => Promise<string | undefined>;

export interface SecretSource {
  readonly secretId: string;
  readonly fetch: FetchSecret;
  readonly now: Clock;
}

export interface SigningSecret {
  readonly version: SecretVersion;
  readonly value: string;
}

export interface SigningSecrets {
  /**
   * Returns the cached versions. The first read fetches only AWSCURRENT, which signs nearly every
   * delivery.
   * @throws SecretNotFoundError
   */
  current(): Promise<readonly SigningSecret[]>;
  /**
   * Fetches every valid version, newest first, at most once in 30 seconds.
   * @throws SecretNotFoundError
   */
  reload(): Promise<readonly SigningSecret[]>;
}

const CACHE_MS = 5 * 60_000;

// Limits the reads that a flood of forged requests can cause.
const RELOAD_INTERVAL_MS = 30_000;

/**
 * Returns a function that fetches the secret at most once in five minutes.
 * The function throws SecretNotFoundError if the secret has no value.
 */
export function cachedSecret({ secretId, fetch, now }: SecretSource): () => Promise<string> {
  return cached(async () => (await fetchCurrent(secretId, fetch)).value, now).get;
}

/**
 * Caches a webhook's signing secret. Both versions are valid, so that a rotation drops no delivery.
 * AWSPREVIOUS is fetched only for a delivery that AWSCURRENT does not verify: fetching both would
 * slow down every cold start and one delivery in five minutes.
 */
export function signingSecrets({ secretId, fetch, now }: SecretSource): SigningSecrets {
  const cache = cached<readonly SigningSecret[]>(
    async () => [await fetchCurrent(secretId, fetch)],
    now,
  );
  let latest = {
    validUntil: Number.NEGATIVE_INFINITY,
    versions: Promise.resolve<readonly SigningSecret[]>([]),
  };

  return {
    current: cache.get,
    reload() {
      const at = now().getTime();
      // A failed reload counts too: until the next one succeeds, a delivery must not be rejected as
      // forged.
      if (at >= latest.validUntil)
        latest = {
          validUntil: at + RELOAD_INTERVAL_MS,
          versions: cache.reload(() => fetchBoth(secretId, fetch)),
        };
      return latest.versions;
    },
  };
}

async function fetchBoth(secretId: string, fetch: FetchSecret): Promise<readonly SigningSecret[]> {
  const [current, previous] = await Promise.all([
    fetchCurrent(secretId, fetch),
    // Undefined for a secret that was never rotated.
    fetch(secretId, 'AWSPREVIOUS'),
  ]);
  const value = previous?.trim();
  return value ? [current, { version: 'AWSPREVIOUS', value }] : [current];
}

async function fetchCurrent(secretId: string, fetch: FetchSecret): Promise<SigningSecret> {
  const value = (await fetch(secretId, 'AWSCURRENT'))?.trim();
  if (!value) throw new SecretNotFoundError(secretId);
  return { version: 'AWSCURRENT', value };
}

/**
 * Caches one value. Concurrent reads share one fetch, a failed fetch is not cached, and only the
 * fetch that started last may replace the value.
 */
function cached<Value>(fetchFirst: () => Promise<Value>, now: Clock) {
  let entry: { readonly value: Value; readonly validUntil: number } | undefined;
  let pending: Promise<Value> | undefined;

  const reload = (fetch: () => Promise<Value>): Promise<Value> => {
    const own: Promise<Value> = fetch()
      .then((value) => {
        if (pending === own) entry = { value, validUntil: now().getTime() + CACHE_MS };
        return value;
      })
      .finally(() => {
        if (pending === own) pending = undefined;
      });
    pending = own;
    return own;
  };
  const get = async (): Promise<Value> => {
    if (entry !== undefined && now().getTime() < entry.validUntil) return entry.value;
    return pending ?? reload(fetchFirst);
  };
  return { get, reload };
}

/** Configuration fault: the secret does not exist, is empty, or has no current version. */
export class SecretNotFoundError extends Error {
  readonly code = 'secret-missing';

  constructor(secretId: string) {
    super(`The secret ${secretId} has no value.`);
    this.name = 'SecretNotFoundError';
  }
}
