import { makeReadSums, type ReadSums } from '../platform/aws/cloudwatch-metrics.ts';
import type { SecretVersions } from '../platform/aws/secret-versions.ts';

/**
 * Time of the last delivery that each version verified, from the verifier's metrics; undefined if
 * there was none in 14 days. Excludes synthetic events of `npm run smoke`, because the provider did
 * not sign them.
 */
export interface VersionUsage {
  readonly current: Date | undefined;
  readonly previous: Date | undefined;
}

export type ReadUsage = (provider: string, now: Date) => Promise<VersionUsage>;

const LOOK_BACK_MS = 14 * 86_400_000;
const PERIOD_MS = 300_000;
const HOUR_MS = 3_600_000;

/**
 * Time for which a previous version must be unused before it is dropped. Mux retries a delivery for
 * 24 h; the other 3 h are a margin.
 */
export const QUIET_MS = 27 * HOUR_MS;

/**
 * Time after which every verifier has read a new version. A verifier caches a secret for five
 * minutes and counts the old version as current until then.
 */
export const PROPAGATION_MS = 2 * PERIOD_MS;

/**
 * Reads the usage from CloudWatch, in periods of five minutes. Uses the beginning of a period for
 * the current version and the end for the previous one, so that rounding never drops a secret too
 * early.
 */
export const makeReadUsage =
  (namespace: string, readSums: ReadSums = makeReadSums()): ReadUsage =>
  async (provider, now) => {
    const [current = [], previous = []] = await readSums({
      namespace,
      metrics: ['SecretCurrent', 'SecretPrevious'],
      dimensions: { provider },
      from: new Date(startOfPeriod(now) - LOOK_BACK_MS),
      to: now,
      periodSeconds: PERIOD_MS / 1_000,
    });
    const lastUse = (sums: typeof current, offsetMs: number) => {
      const times = sums.filter(({ sum }) => sum > 0).map(({ at }) => at.getTime() + offsetMs);
      return times.length === 0 ? undefined : new Date(Math.max(...times));
    };
    return { current: lastUse(current, 0), previous: lastUse(previous, PERIOD_MS) };
  };

const startOfPeriod = (now: Date) => Math.floor(now.getTime() / PERIOD_MS) * PERIOD_MS;

/**
 * `unproven`: no delivery was signed with the current version after the previous one was last used.
 * The provider may still sign with the previous version, so the lack of use proves nothing.
 */
export type PreviousVersionUsage =
  | { readonly status: 'unproven' }
  | { readonly status: 'in-use'; readonly until: Date }
  | { readonly status: 'quiet'; readonly since: Date };

/** Decides whether the previous version can be dropped without rejecting a delivery. */
export function evaluatePreviousVersion(
  { current }: SecretVersions,
  usage: VersionUsage,
  now: Date,
): PreviousVersionUsage {
  if (current === undefined) return unproven;
  const propagatedAt = current.createdAt.getTime() + PROPAGATION_MS;
  const since = new Date(Math.max(propagatedAt, usage.previous?.getTime() ?? 0));
  const until = new Date(since.getTime() + QUIET_MS);
  if (now < until)
    return isCurrentVersionUsed({ current, previous: undefined }, usage)
      ? { status: 'in-use', until }
      : unproven;
  return usage.current !== undefined && usage.current > since
    ? { status: 'quiet', since }
    : unproven;
}

/**
 * Ignores uses within the propagation time: until then a verifier may count the old version as
 * current.
 */
export function isCurrentVersionUsed({ current }: SecretVersions, usage: VersionUsage): boolean {
  return (
    current !== undefined &&
    usage.current !== undefined &&
    usage.current.getTime() > current.createdAt.getTime() + PROPAGATION_MS
  );
}

const unproven: PreviousVersionUsage = { status: 'unproven' };
