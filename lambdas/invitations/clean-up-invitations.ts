import { findAdmins } from '../assets/users.queries.ts';
import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { tellOfExpiry } from './expired-invitations.ts';
import { countDueInvitations, expireInvitations } from './invitations.queries.ts';

export interface CleanUpDeps {
  readonly pool: GetPool;
  readonly stage: string;
  readonly now: Clock;
}

const OPEN_FOR_MS = 72 * 3_600_000;

// More than anybody invites in an hour: so a run writes one mail, in the transaction that expires.
const PER_TRANSACTION = 1_000;

const CHUNK_MS = 5_000;

/** Expires what nobody accepted, and tells admins of it. */
export function makeCleanUpInvitations({ pool, stage, now }: CleanUpDeps) {
  return async function cleanUpInvitations({
    scheduledAt,
    remainingMs,
  }: RunningJob): Promise<JobCounts> {
    const selection = {
      issuedBefore: new Date(scheduledAt.getTime() - OPEN_FOR_MS),
      limit: PER_TRANSACTION,
    };
    const total = { InvitationsExpired: 0, AdminsMailed: 0 };
    while (remainingMs() > CHUNK_MS) {
      const done = await inTransaction(await pool(), async (tx) => {
        const [invitations, admins] = await Promise.all([
          expireInvitations(tx, selection, now()),
          findAdmins(tx),
        ]);
        const { notifications, outbox } = tellOfExpiry({ invitations, admins, stage }, now());
        tx.deferUntilCommit(
          Promise.all([insertNotifications(tx, notifications), insertOutboxEntries(tx, outbox)]),
        );
        return { expired: invitations.length, mails: notifications.length };
      });
      total.InvitationsExpired += done.expired;
      total.AdminsMailed += done.mails;
      if (done.expired < PER_TRANSACTION) break;
    }
    return {
      ...total,
      InvitationsRemaining: await countDueInvitations(await pool(), selection.issuedBefore),
    };
  };
}
