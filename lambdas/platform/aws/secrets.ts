import { AwsRequestError, awsRequest } from '../aws-lite/aws-client.ts';
import type { Clock } from '../clock.ts';

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
  /** What is known: at first the newest version, with which nearly every delivery is signed. @throws when there is none. */
  current(): Promise<readonly SigningSecret[]>;
  /** Every valid version, the newest first, read anew unless that was done a moment ago. @throws when there is none. */
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
    if (error instanceof AwsRequestError && error.code === 'ResourceNotFoundException')
      return undefined;
    throw error;
  }
};

/** @returns a function that reads the secret at most every five minutes. It throws when there is none. */
export function cachedSecret({ secretId, fetch, now }: SecretSource): () => Promise<string> {
  return cached(async () => (await readVersion(secretId, fetch)).value, now).get;
}

/**
 * Both versions of a webhook's signing secret are valid, so that rotating it drops no delivery. The previous one is read
 * for a delivery that the current one does not verify, and not before: a cold start would pay for it, and each five minutes.
 */
export function signingSecrets({ secretId, fetch, now }: SecretSource): SigningSecrets {
  const readCurrent = async () => [await readVersion(secretId, fetch)];
  const { get, reload } = cached<readonly SigningSecret[]>(readCurrent, now);
  let refresh = {
    until: Number.NEGATIVE_INFINITY,
    versions: Promise.resolve<readonly SigningSecret[]>([]),
  };

  return {
    current: get,
    refreshed() {
      const at = now().getTime();
      // One that failed counts too: what cannot be verified for want of a secret is no forgery.
      if (at >= refresh.until)
        refresh = {
          until: at + EARLY_REFRESH_MS,
          versions: reload(() => readVersions(secretId, fetch)),
        };
      return refresh.versions;
    },
  };
}

async function readVersions(
  secretId: string,
  fetch: FetchSecret,
): Promise<readonly SigningSecret[]> {
  const [current, previous] = await Promise.all([
    readVersion(secretId, fetch),
    // A secret that was never rotated has no previous version.
    fetch(secretId, 'AWSPREVIOUS'),
  ]);
  const value = previous?.trim();
  return value ? [current, { version: 'AWSPREVIOUS', value }] : [current];
}

async function readVersion(secretId: string, fetch: FetchSecret): Promise<SigningSecret> {
  const value = (await fetch(secretId, 'AWSCURRENT'))?.trim();
  if (!value) throw new SecretNotFoundError(secretId);
  return { version: 'AWSCURRENT', value };
}

/** What was read stays until something newer is; a read that fails is not remembered; the one that began last counts. */
function cached<Value>(readAtFirst: () => Promise<Value>, now: Clock) {
  let kept: { readonly value: Value; readonly until: number } | undefined;
  let reading: Promise<Value> | undefined;

  const reload = (read: () => Promise<Value>): Promise<Value> => {
    const own: Promise<Value> = read()
      .then((value) => {
        if (reading === own) kept = { value, until: now().getTime() + CACHE_MS };
        return value;
      })
      .finally(() => {
        if (reading === own) reading = undefined;
      });
    reading = own;
    return own;
  };
  const get = async (): Promise<Value> => {
    if (kept !== undefined && now().getTime() < kept.until) return kept.value;
    return reading ?? reload(readAtFirst);
  };
  return { get, reload };
}

/** A configuration fault: the secret does not exist, is empty, or has no current version. */
export class SecretNotFoundError extends Error {
  readonly code = 'secret-missing';

  constructor(secretId: string) {
    super(`The secret ${secretId} has no value.`);
    this.name = 'SecretNotFoundError';
  }
}
