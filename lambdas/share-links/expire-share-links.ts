import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { initialBatchSize, nextBatchSize } from './adaptive-batch-size.ts';
import {
  type Cursor,
  countDueLinks,
  type ExpiredChunk,
  expireChunk,
  START,
} from './expire-share-links.queries.ts';
import { makeMailOwners } from './mail-owners.ts';
import { countUnmailedOwners } from './share-link-expiries.queries.ts';

export interface ExpireShareLinksDeps {
  readonly pool: GetPool;
  /** Sends admins one mail for each run that expired a link. */
  readonly digest: boolean;
  readonly job: { readonly name: string; readonly timeoutSeconds: number };
  readonly now: Clock;
  /** Maximum number of links in one transaction; slow transactions get fewer. @default 5000 */
  readonly chunk?: number;
}

/** Expires due links, then requests one mail to each owner, independent of the number of chunks. */
export function makeExpireShareLinks(deps: ExpireShareLinksDeps) {
  const mailOwners = makeMailOwners(deps);

  return async function expireShareLinks(job: RunningJob): Promise<JobCounts> {
    // The last quarter of the time is reserved for mails.
    const reservedMs = job.remainingMs() / 4;
    const { expired, revoked } = await expireDueLinks(deps, job, reservedMs);
    const mails = await mailOwners(job);
    const db = await deps.pool();
    const [linksRemaining, ownersRemaining] = await Promise.all([
      countDueLinks(db, job.scheduledAt),
      countUnmailedOwners(db, job.scheduledAt),
    ]);
    return {
      LinksExpired: expired,
      TokensRevoked: revoked,
      OwnersMailed: mails,
      LinksRemaining: linksRemaining,
      OwnersRemaining: ownersRemaining,
    };
  };
}

async function expireDueLinks(
  { pool, now, chunk = 5_000 }: ExpireShareLinksDeps,
  { scheduledAt, remainingMs }: RunningJob,
  reservedMs: number,
) {
  const total = { expired: 0, revoked: 0 };
  let size = initialBatchSize(chunk);
  let after: Cursor | undefined = START;
  while (after !== undefined && remainingMs() > reservedMs) {
    const selection = { scheduledAt, after, ...size, now: now() };
    const done: ExpiredChunk = await inTransaction(await pool(), (tx) =>
      expireChunk(tx, selection),
    );
    total.expired += done.expired;
    total.revoked += done.revoked;
    // A full chunk may leave links of the same owners, so the next chunk starts at the same cursor.
    if (done.expired < size.limit) after = done.last;
    const durationMs = now().getTime() - selection.now.getTime();
    size = nextBatchSize(size, { ...done, durationMs }, chunk);
  }
  return total;
}
