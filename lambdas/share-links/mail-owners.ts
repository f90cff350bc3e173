import { findAdmins } from '../assets/users.queries.ts';
import type { RunningJob } from '../jobs/run-job.ts';
import {
  insertNotifications,
  type NewNotification,
} from '../notifications/notifications.queries.ts';
import { requestMail } from '../notifications/request-mail.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction, type Transaction } from '../platform/postgres/transaction.ts';
import { composeDigests, composeOwnerMail } from './expiry-mails.ts';
import {
  insertExpiryMails,
  lockUnmailedExpiries,
  type OwnerExpiry,
  summarizeRun,
} from './share-link-expiries.queries.ts';

export interface MailOwnersDeps {
  readonly pool: GetPool;
  readonly digest: boolean;
  readonly job: { readonly name: string; readonly timeoutSeconds: number };
  readonly now: Clock;
}

// A mail with its 50 links takes about 0.5 ms, so 100 mails take as long as a chunk of links.
const OWNERS_PER_TRANSACTION = 100;

const OWNERS_IN_DIGEST = 20;

/** Requests mails to the owners of this run, and of earlier runs that ended before their mails. */
export function makeMailOwners({ pool, digest, job, now }: MailOwnersDeps) {
  return async function mailOwners({ scheduledAt, remainingMs }: RunningJob): Promise<number> {
    const digestedRuns = new Set<number>();
    let mails = 0;
    while (remainingMs() > 0) {
      const mailed = await inTransaction(await pool(), (tx) =>
        mailNextOwners(tx, scheduledAt, digestedRuns),
      );
      if (mailed.length === 0) break;
      mails += mailed.length;
      for (const { runAt } of mailed) digestedRuns.add(runAt.getTime());
    }
    return mails;
  };

  async function mailNextOwners(
    tx: Transaction,
    scheduledAt: Date,
    digestedRuns: ReadonlySet<number>,
  ): Promise<readonly OwnerExpiry[]> {
    const expiries = await lockUnmailedExpiries(tx, {
      scheduledAt,
      job: job.name,
      runningSince: new Date(now().getTime() - job.timeoutSeconds * 1000),
      limit: OWNERS_PER_TRANSACTION,
    });
    // The digest is sent with the first mails of a run: after the last mails, no later run could
    // find out that the digest is missing.
    const digests = digest ? await digestRuns(tx, runsOf(expiries, digestedRuns)) : [];
    const mails = expiries.map((expiry) => composeOwnerMail(expiry, now()));
    const notifications = [...mails.map(({ notification }) => notification), ...digests];
    tx.deferUntilCommit(
      Promise.all([
        insertExpiryMails(tx, mails, now()),
        insertNotifications(tx, digests),
        insertOutboxEntries(tx, notifications.map(requestMail)),
      ]),
    );
    return expiries;
  }

  async function digestRuns(
    tx: Transaction,
    runs: readonly Date[],
  ): Promise<readonly NewNotification[]> {
    if (runs.length === 0) return [];
    const [admins, ...summaries] = await Promise.all([
      findAdmins(tx),
      ...runs.map(async (runAt) => ({
        runAt,
        summary: await summarizeRun(tx, runAt, OWNERS_IN_DIGEST),
      })),
    ]);
    return summaries.flatMap(({ runAt, summary }) => composeDigests(summary, runAt, admins, now()));
  }
}

/** Returns the runs of the expiries, without those whose digest this run has already sent. */
const runsOf = (
  expiries: readonly OwnerExpiry[],
  digestedRuns: ReadonlySet<number>,
): readonly Date[] =>
  [...new Set(expiries.map(({ runAt }) => runAt.getTime()))]
    .filter((run) => !digestedRuns.has(run))
    .map((run) => new Date(run));
