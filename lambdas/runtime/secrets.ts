import { AwsRequestFailure, awsRequest } from './aws-request.ts';
import type { Clock } from './clock.ts';

export type SecretVersion = 'AWSCURRENT' | 'AWSPREVIOUS';

/** The trimmed text of a version, or undefined where there is no such secret, no such version, or nothing in it. */
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
  /** The newest version first. @throws when there is none. */
  current(): Promise<readonly SigningSecret[]>;
  /** Reads again ahead of time, unless it did so a moment ago. @throws when there is none. */
  refreshed(): Promise<readonly SigningSecret[]>;
}

const CACHE_MS = 5 * 60_000;

// A flood of forgeries must not become a flood of reads.
const EARLY_REFRESH_MS = 30_000;

// Two attempts here and two of the queue's fit into the 5 s after which Mux hangs up.
const ATTEMPT_MS = 900;

export const fetchSecretValue: FetchSecret = async (secretId, version) => {
  try {
    const answer = await awsRequest({
      service: 'secretsmanager',
      operation: 'GetSecretValue',
      input: { SecretId: secretId, VersionStage: version },
      attemptMs: ATTEMPT_MS,
    });
    const text = answer['SecretString'];
    return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
  } catch (error) {
    // Also the answer for a secret that exists and was never given a value.
    if (error instanceof AwsRequestFailure && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};

/** @returns a function that reads the secret at most every five minutes. It throws when there is none. */
export function cachedSecret({ secretId, fetch, now }: SecretSource): () => Promise<string> {
  return cached(async () => {
    const value = await fetch(secretId, 'AWSCURRENT');
    if (!value?.trim()) throw new SecretMissing(secretId);
    return value.trim();
  }, now).get;
}

/** Both versions of a webhook's signing secret are valid, so that rotating it drops no delivery. */
export function signingSecrets({ secretId, fetch, now }: SecretSource): SigningSecrets {
  const { get, reload, latest } = cached(() => readVersions(secretId, fetch), now);
  let nextRefresh = Number.NEGATIVE_INFINITY;

  return {
    current: get,
    async refreshed() {
      const at = now().getTime();
      if (at < nextRefresh) return latest();
      nextRefresh = at + EARLY_REFRESH_MS;
      return reload();
    },
  };
}

async function readVersions(secretId: string, fetch: FetchSecret): Promise<readonly SigningSecret[]> {
  const versions = ['AWSCURRENT', 'AWSPREVIOUS'] as const;
  const values = await Promise.all(versions.map((version) => fetch(secretId, version)));
  const [current, ...older] = versions.map((version, index) => ({ version, value: values[index]?.trim() ?? '' }));
  if (!current?.value) throw new SecretMissing(secretId);
  // A secret that was never rotated has no previous version.
  return [current, ...older.filter(({ value }) => value !== '')];
}

/** What was read stays until something newer is; a read that fails is not remembered; reads that overlap are one. */
function cached<Value>(read: () => Promise<Value>, now: Clock) {
  let kept: { readonly value: Value; readonly until: number } | undefined;
  let reading: Promise<Value> | undefined;

  const readOnce = async (): Promise<Value> => {
    try {
      const value = await read();
      kept = { value, until: now().getTime() + CACHE_MS };
      return value;
    } finally {
      reading = undefined;
    }
  };
  const reload = (): Promise<Value> => {
    reading ??= readOnce();
    return reading;
  };
  const get = async (): Promise<Value> => (kept && now().getTime() < kept.until ? kept.value : reload());
  const latest = (): Promise<Value> => reading ?? get();
  return { get, reload, latest };
}

/** A configuration fault: the secret does not exist, is empty, or has no current version. */
export class SecretMissing extends Error {
  readonly code = 'secret-missing';

  constructor(secretId: string) {
    super(`The secret ${secretId} has no value.`);
    this.name = 'SecretMissing';
  }
}
