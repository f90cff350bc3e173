import {
  type CachedRead,
  cached,
  fetchCurrent,
  reportFailedRead,
  SecretNotFoundError,
  type SecretSource,
  type SecretVersion,
} from './secret-cache.ts';

export interface SecretText {
  readonly version: SecretVersion;
  readonly value: string;
}

export interface ReloadedVersions {
  /** Valid versions, newest first. */
  readonly versions: readonly SecretText[];
  /**
   * False if a version could not be read. A delivery that no version verifies may then be genuine.
   */
  readonly complete: boolean;
}

export interface VersionedSecret {
  /**
   * Returns the cached versions. The first read fetches only AWSCURRENT, which signs nearly every
   * delivery.
   * @throws SecretNotFoundError
   */
  current(): Promise<readonly SecretText[]>;
  /**
   * Fetches every valid version, at most once in `reloadMs`. A version that cannot be read stays in
   * use if it was read before.
   * @throws SecretNotFoundError
   */
  reload(): Promise<ReloadedVersions>;
}

const CACHE_MS = 5 * 60_000;

// Limits the reads that a flood of forged requests or a failing Secrets Manager can cause.
const RETRY_MS = 30_000;

export interface VersionedSecretSource extends SecretSource {
  /** Shortest time between two reloads. @default 30 seconds */
  readonly reloadMs?: number;
}

/**
 * Caches a secret of which both versions are valid, so that a rotation rejects nothing: a signing
 * secret, for example. AWSPREVIOUS is fetched only for a delivery that AWSCURRENT does not verify:
 * fetching both would slow down every cold start and one delivery in five minutes.
 */
export function versionedSecret({
  reloadMs = RETRY_MS,
  ...source
}: VersionedSecretSource): VersionedSecret {
  const { now } = source;
  const versions = readVersions(source);
  const cache = cached<readonly SecretText[]>(async () => {
    const { secret, fresh } = await versions.readCurrent();
    return { value: [secret], validMs: fresh ? CACHE_MS : RETRY_MS };
  }, now);
  let latest: { readonly validUntil: number; readonly result: Promise<ReloadedVersions> } = {
    validUntil: Number.NEGATIVE_INFINITY,
    result: Promise.resolve({ versions: [], complete: true }),
  };

  async function reload(): Promise<ReloadedVersions> {
    let complete = false;
    const readBoth = async (): Promise<CachedRead<readonly SecretText[]>> => {
      const both = await versions.readBoth();
      complete = both.complete;
      return { value: both.versions, validMs: complete ? CACHE_MS : RETRY_MS };
    };
    const secrets = await cache.reload(readBoth);
    return { versions: secrets, complete };
  }

  return {
    current: cache.get,
    reload() {
      const at = now().getTime();
      // A failed reload counts too: until the next one succeeds, a delivery must not be rejected as
      // forged.
      if (at >= latest.validUntil) latest = { validUntil: at + reloadMs, result: reload() };
      return latest.result;
    },
  };
}

/** Reads versions and remembers each, for the reads that fail later. */
function readVersions({ secretId, fetch }: SecretSource) {
  let current: SecretText | undefined;
  let previous: SecretText | undefined;

  async function readCurrent(): Promise<{
    readonly secret: SecretText;
    readonly fresh: boolean;
  }> {
    try {
      const value = await fetchCurrent(secretId, fetch);
      if (current?.value === value) return { secret: current, fresh: true };
      // A rotation makes the current version the previous one, also if AWSPREVIOUS cannot be read.
      if (current !== undefined) previous = { version: 'AWSPREVIOUS', value: current.value };
      current = { version: 'AWSCURRENT', value };
      return { secret: current, fresh: true };
    } catch (error) {
      // An operator removed the value, so its copies must not stay in use.
      if (error instanceof SecretNotFoundError) {
        current = undefined;
        previous = undefined;
      }
      reportFailedRead(secretId, 'AWSCURRENT', error);
      if (current === undefined) throw error;
      return { secret: current, fresh: false };
    }
  }

  async function readPrevious() {
    try {
      const value = (await fetch(secretId, 'AWSPREVIOUS'))?.trim();
      return { value: value || undefined, fresh: true };
    } catch (error) {
      reportFailedRead(secretId, 'AWSPREVIOUS', error);
      return { value: undefined, fresh: false };
    }
  }

  async function readBoth(): Promise<ReloadedVersions> {
    const [read, before] = await Promise.all([readCurrent(), readPrevious()]);
    if (before.fresh && before.value !== previous?.value)
      // Undefined for a secret that was never rotated.
      previous = before.value ? { version: 'AWSPREVIOUS', value: before.value } : undefined;
    return {
      versions: previous === undefined ? [read.secret] : [read.secret, previous],
      complete: read.fresh && before.fresh,
    };
  }

  return { readCurrent, readBoth };
}
