import { findAdmins } from '../assets/users.queries.ts';
import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { composeExpiryMessages } from './expired-invitations.ts';
import { countDueInvitations, expireInvitations } from './invitations.queries.ts';

export interface CleanUpInvitationsDeps {
  readonly pool: GetPool;
  readonly stage: string;
  readonly now: Clock;
}

const VALID_FOR_MS = 72 * 3_600_000;

// More than the invitations of an hour, so a run usually sends one mail to each admin, in the
// transaction that expires the invitations.
const INVITATIONS_PER_TRANSACTION = 1_000;

const TRANSACTION_MS = 5_000;

/** Expires invitations that were not accepted within 72 hours, and mails the admins. */
export function makeCleanUpInvitations({ pool, stage, now }: CleanUpInvitationsDeps) {
  return async function cleanUpInvitations({
    scheduledAt,
    remainingMs,
  }: RunningJob): Promise<JobCounts> {
    const selection = {
      issuedBefore: new Date(scheduledAt.getTime() - VALID_FOR_MS),
      limit: INVITATIONS_PER_TRANSACTION,
    };
    const total = { InvitationsExpired: 0, AdminsMailed: 0 };
    while (remainingMs() > TRANSACTION_MS) {
      const done = await inTransaction(await pool(), async (tx) => {
        const [invitations, admins] = await Promise.all([
          expireInvitations(tx, selection, now()),
          findAdmins(tx),
        ]);
        const { notifications, outbox } = composeExpiryMessages(
          { invitations, admins, stage },
          now(),
        );
        tx.deferUntilCommit(
          Promise.all([insertNotifications(tx, notifications), insertOutboxEntries(tx, outbox)]),
        );
        return { expired: invitations.length, mails: notifications.length };
      });
      total.InvitationsExpired += done.expired;
      total.AdminsMailed += done.mails;
      if (done.expired < INVITATIONS_PER_TRANSACTION) break;
    }
    return {
      ...total,
      InvitationsRemaining: await countDueInvitations(await pool(), selection.issuedBefore),
    };
  };
}
