import { findAdmins } from '../assets/users.queries.ts';
import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import {
  insertNotifications,
  type NewNotification,
} from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import { inTransaction, type Transaction } from '../platform/postgres/transaction.ts';
import { firstPace, nextPace } from './adaptive-batch-size.ts';
import { digestFor, mailToOwner, OWNERS_IN_DIGEST, requestsFor } from './expiry-mails.ts';
import {
  countUnmailed,
  insertMails,
  lockUnmailed,
  type OwnerExpiry,
  summarizeRun,
} from './share-link-expiries.queries.ts';
import {
  type Cursor,
  countDue,
  type ExpiredChunk,
  expireChunk,
  START,
} from './share-links.queries.ts';

export interface ExpireShareLinksDeps {
  readonly pool: GetPool;
  /** Whether admins get one mail for each run that expired something. */
  readonly digest: boolean;
  readonly job: { readonly name: string; readonly timeoutSeconds: number };
  readonly now: Clock;
  /** Links for one transaction, at most; fewer where that takes long. @default 5000 */
  readonly chunk?: number;
}

// A mail lists up to 50 links, and with those takes about half a millisecond: in all, what a chunk of links takes.
const OWNERS_PER_TRANSACTION = 100;

/** Expires what is due, then writes to the owners: one mail each, however many links and chunks. */
export function makeExpireShareLinks(deps: ExpireShareLinksDeps) {
  return async function expireShareLinks(job: RunningJob): Promise<JobCounts> {
    // Mails are part of the work: the last quarter of the time is theirs.
    const forMails = job.remainingMs() / 4;
    const { expired, revoked } = await expireDue(deps, job, forMails);
    const mails = await mailOwners(deps, job);
    const db = await deps.pool();
    const [left, unmailed] = await Promise.all([
      countDue(db, job.scheduledAt),
      countUnmailed(db, job.scheduledAt),
    ]);
    return {
      ...{ LinksExpired: expired, TokensRevoked: revoked, OwnersMailed: mails },
      ...{ LinksRemaining: left, OwnersRemaining: unmailed },
    };
  };
}

async function expireDue(
  { pool, now, chunk = 5_000 }: ExpireShareLinksDeps,
  job: RunningJob,
  forMails: number,
) {
  const { scheduledAt } = job;
  const total = { expired: 0, revoked: 0 };
  let pace = firstPace(chunk);
  let after: Cursor | undefined = START;
  while (after !== undefined && job.remainingMs() > forMails) {
    const from: Cursor = after;
    const startedAt = now();
    const done: ExpiredChunk = await inTransaction(await pool(), (tx) =>
      expireChunk(tx, { scheduledAt, after: from, ...pace, now: startedAt }),
    );
    total.expired += done.expired;
    total.revoked += done.revoked;
    // A full chunk may have left something of the very same owners.
    if (done.expired < pace.limit) after = done.last;
    pace = nextPace(pace, { ...done, tookMs: now().getTime() - startedAt.getTime() }, chunk);
  }
  return total;
}

/** To owners of this run, and of those that were cut off before they came to it. */
async function mailOwners(
  { pool, digest, job: { name, timeoutSeconds }, now }: ExpireShareLinksDeps,
  job: RunningJob,
) {
  const digested = new Set<number>();
  let mails = 0;
  while (job.remainingMs() > 0) {
    const written = await inTransaction(await pool(), async (tx) => {
      const aliveSince = new Date(now().getTime() - timeoutSeconds * 1000);
      const selection = {
        scheduledAt: job.scheduledAt,
        job: name,
        aliveSince,
        limit: OWNERS_PER_TRANSACTION,
      };
      const expiries = await lockUnmailed(tx, selection);
      // With the first mails of a run, since after the last ones nobody would know that it is missing.
      const digests = digest ? await digestsOf(tx, runsOf(expiries, digested), now()) : [];
      const mails = expiries.map((expiry) => mailToOwner(expiry, now()));
      const notifications = [...mails.map(({ notification }) => notification), ...digests];
      tx.deferUntilCommit(
        Promise.all([
          insertMails(tx, mails, now()),
          insertNotifications(tx, digests),
          insertOutboxEntries(tx, requestsFor(notifications)),
        ]),
      );
      return expiries;
    });
    if (written.length === 0) break;
    mails += written.length;
    for (const { runAt } of written) digested.add(runAt.getTime());
  }
  return mails;
}

const runsOf = (expiries: readonly OwnerExpiry[], known: ReadonlySet<number>): readonly Date[] =>
  [...new Set(expiries.map(({ runAt }) => runAt.getTime()))]
    .filter((run) => !known.has(run))
    .map((run) => new Date(run));

async function digestsOf(
  tx: Transaction,
  runs: readonly Date[],
  now: Date,
): Promise<readonly NewNotification[]> {
  if (runs.length === 0) return [];
  const [admins, ...summaries] = await Promise.all([
    findAdmins(tx),
    ...runs.map(async (runAt) => ({
      runAt,
      summary: await summarizeRun(tx, runAt, OWNERS_IN_DIGEST),
    })),
  ]);
  return summaries.flatMap(({ runAt, summary }) => digestFor(summary, runAt, admins, now));
}
