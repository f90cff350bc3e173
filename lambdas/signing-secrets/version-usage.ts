import { makeReadSums, type ReadSums } from '../platform/aws/cloudwatch-metrics.ts';
import type { SecretVersions } from '../platform/aws/secret-versions.ts';

/**
 * When deliveries were last signed with each version, as the verifier counted them; undefined where none was lately.
 * What npm run smoke signs counts for neither: it says nothing of the provider.
 */
export interface VersionUse {
  readonly current: Date | undefined;
  readonly previous: Date | undefined;
}

export type ReadUse = (provider: string, now: Date) => Promise<VersionUse>;

const LOOK_BACK_MS = 14 * 86_400_000;
const PERIOD_MS = 300_000;
const HOUR_MS = 3_600_000;

/** Mux tries a delivery again for 24 h; with three more nothing that was sent under the old secret is on its way. */
export const QUIET_MS = 27 * HOUR_MS;

// A verifier keeps what it has read for five minutes, and until then calls the old secret the current one.
export const SETTLE_MS = 2 * PERIOD_MS;

/** Of a period the end counts for the previous version and the beginning for the current: neither looks better than it is. */
export const makeReadUse =
  (namespace: string, readSums: ReadSums = makeReadSums()): ReadUse =>
  async (provider, now) => {
    const [current = [], previous = []] = await readSums({
      ...{ namespace, metrics: ['SecretCurrent', 'SecretPrevious'], dimensions: { provider } },
      ...{
        from: new Date(alignedTo(now) - LOOK_BACK_MS),
        to: now,
        periodSeconds: PERIOD_MS / 1_000,
      },
    });
    const last = (sums: typeof current, addMs: number) => {
      const used = sums.filter(({ sum }) => sum > 0).map(({ at }) => at.getTime() + addMs);
      return used.length === 0 ? undefined : new Date(Math.max(...used));
    };
    return { current: last(current, 0), previous: last(previous, PERIOD_MS) };
  };

const alignedTo = (now: Date) => Math.floor(now.getTime() / PERIOD_MS) * PERIOD_MS;

/** `unseen`: nothing has been signed with the newer version since the older fell silent, so silence proves nothing. */
export type PreviousVerdict =
  | { readonly verdict: 'unseen' }
  | { readonly verdict: 'in-use'; readonly until: Date }
  | { readonly verdict: 'quiet'; readonly since: Date };

export function judgePrevious(
  { current }: SecretVersions,
  use: VersionUse,
  now: Date,
): PreviousVerdict {
  if (current === undefined) return { verdict: 'unseen' };
  const settled = current.createdAt.getTime() + SETTLE_MS;
  const since = new Date(Math.max(settled, use.previous?.getTime() ?? 0));
  const until = new Date(since.getTime() + QUIET_MS);
  if (now < until)
    return isAtWork({ current, previous: undefined }, use) ? { verdict: 'in-use', until } : unseen;
  return use.current !== undefined && use.current > since ? { verdict: 'quiet', since } : unseen;
}

/** Something was signed with the current version, and not merely by a verifier that knew no newer one. */
export function isAtWork({ current }: SecretVersions, use: VersionUse): boolean {
  return (
    current !== undefined &&
    use.current !== undefined &&
    use.current.getTime() > current.createdAt.getTime() + SETTLE_MS
  );
}

const unseen: PreviousVerdict = { verdict: 'unseen' };
