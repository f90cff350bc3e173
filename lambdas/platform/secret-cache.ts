import type { Clock } from './clock.ts';
import { emitMetrics, log } from './logger.ts';

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

const CACHE_MS = 5 * 60_000;

/** Time between two attempts to read a secret again while its earlier value stays in use. */
const RETRY_MS = 30_000;

/**
 * Returns a function that fetches the secret at most once in five minutes. A failed read is
 * repeated after 30 seconds, and the earlier text stays in use meanwhile.
 * The function throws SecretNotFoundError if the secret has no value.
 */
export function cachedSecret(source: SecretSource): () => Promise<string> {
  return parsedSecret(source, (text) => text);
}

/**
 * Returns a function like that of `cachedSecret` which also parses the text. A text that cannot be
 * parsed counts as a failed read, so an operator's typing error does not stop running functions.
 * @param parse Throws an error that does not contain the secret.
 */
export function parsedSecret<Value>(
  { secretId, fetch, now }: SecretSource,
  parse: (text: string) => Value,
): () => Promise<Value> {
  let known: { readonly text: string; readonly value: Value } | undefined;
  return cached(async () => {
    try {
      const text = await fetchCurrent(secretId, fetch);
      // Returns the same object for the same text, so that callers do not parse or connect again.
      if (text !== known?.text) known = { text, value: parse(text) };
      return { value: known.value, validMs: CACHE_MS };
    } catch (error) {
      // An operator removed the value, so its copies must not stay in use.
      if (error instanceof SecretNotFoundError) known = undefined;
      reportFailedRead(secretId, 'AWSCURRENT', error);
      if (known === undefined) throw error;
      return { value: known.value, validMs: RETRY_MS };
    }
  }, now).get;
}

/** Counts a failed read, even if no earlier value can replace it. */
export function reportFailedRead(secretId: string, version: SecretVersion, error: unknown): void {
  log.error('Failed to read secret', {
    secretId,
    version,
    error,
  });
  emitMetrics('secret-reads', { SecretReadsFailed: 1 }, {});
}

export async function fetchCurrent(secretId: string, fetch: FetchSecret): Promise<string> {
  const text = (await fetch(secretId, 'AWSCURRENT'))?.trim();
  if (!text) throw new SecretNotFoundError(secretId);
  return text;
}

/** One read of a value and the time for which the cache may return it. */
export interface CachedRead<Value> {
  readonly value: Value;
  readonly validMs: number;
}

/**
 * Caches one value. Concurrent reads share one fetch, a failed fetch is not cached, and only the
 * fetch that started last may replace the value.
 */
export function cached<Value>(fetchFirst: () => Promise<CachedRead<Value>>, now: Clock) {
  let entry: { readonly value: Value; readonly validUntil: number } | undefined;
  let pending: Promise<Value> | undefined;

  const reload = (fetch: () => Promise<CachedRead<Value>>): Promise<Value> => {
    const own: Promise<Value> = fetch()
      .then(({ value, validMs }) => {
        if (pending === own) entry = { value, validUntil: now().getTime() + validMs };
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

/**
 * Configuration fault: Secrets Manager denies access. It also does so for a secret that does not
 * exist, if the policy names the secret by a pattern.
 */
export class SecretAccessError extends Error {
  readonly code = 'AccessDeniedException';

  constructor(secretId: string, cause: unknown) {
    super(
      `No access to the secret ${secretId}, or it does not exist. See docs/deploy.md: step 2 ` +
        'creates the secret of the database, steps 4 to 7 fill the others.',
      { cause },
    );
    this.name = 'SecretAccessError';
  }
}

/** Configuration fault: the secret does not exist, is empty, or has no current version. */
export class SecretNotFoundError extends Error {
  readonly code = 'secret-missing';

  constructor(secretId: string) {
    super(`The secret ${secretId} has no value.`);
    this.name = 'SecretNotFoundError';
  }
}
