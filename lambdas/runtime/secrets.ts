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
  /** Reads again ahead of time, or is undefined where that was done a moment ago. @throws when there is none. */
  refreshed(): Promise<readonly SigningSecret[] | undefined>;
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
  const read = async () => {
    const value = await fetch(secretId, 'AWSCURRENT');
    if (!value) throw new SecretMissing(secretId);
    return value;
  };
  return cached(read, now).get;
}

/** Both versions of a webhook's signing secret are valid, so that rotating it drops no delivery. */
export function signingSecrets({ secretId, fetch, now }: SecretSource): SigningSecrets {
  const { get, reload } = cached(() => readVersions(secretId, fetch), now);
  let refreshedAt = Number.NEGATIVE_INFINITY;

  return {
    current: get,
    async refreshed() {
      if (now().getTime() - refreshedAt < EARLY_REFRESH_MS) return undefined;
      refreshedAt = now().getTime();
      return reload();
    },
  };
}

async function readVersions(secretId: string, fetch: FetchSecret): Promise<readonly SigningSecret[]> {
  const [current, previous] = await Promise.all([fetch(secretId, 'AWSCURRENT'), fetch(secretId, 'AWSPREVIOUS')]);
  if (!current) throw new SecretMissing(secretId);
  return [
    { version: 'AWSCURRENT', value: current },
    // A secret that was never rotated has no previous version.
    ...(previous ? [{ version: 'AWSPREVIOUS', value: previous } as const] : []),
  ];
}

/** A read that fails is not remembered; calls that overlap share one read. */
function cached<Value>(read: () => Promise<Value>, now: Clock) {
  let kept: { value: Promise<Value>; until: number } | undefined;

  const reload = (): Promise<Value> => {
    const value = read();
    const entry = { value, until: now().getTime() + CACHE_MS };
    kept = entry;
    value.catch(() => {
      if (kept === entry) kept = undefined;
    });
    return value;
  };
  return { reload, get: (): Promise<Value> => (kept && now().getTime() < kept.until ? kept.value : reload()) };
}

/** A configuration fault: the secret does not exist, is empty, or has no current version. */
export class SecretMissing extends Error {
  readonly code = 'secret-missing';

  constructor(secretId: string) {
    super(`The secret ${secretId} has no value.`);
    this.name = 'SecretMissing';
  }
}
