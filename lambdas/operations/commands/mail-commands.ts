import { findFailedMail, resendMail } from '../../notifications/failed-mails.queries.ts';
import { findMail, listMails } from '../../notifications/list-mails.queries.ts';
import { insertOutboxEntries } from '../../outbox/outbox.queries.ts';
import { outboxEntry } from '../../outbox/outbox-entry.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { type CommandHandlers, nextCursor } from './command-handlers.ts';

export interface MailCommandDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

type MailCommands = CommandHandlers<'mails list' | 'mails show' | 'mails resend'>;

export function makeMailCommands({ pool, now }: MailCommandDeps): MailCommands {
  return {
    async 'mails list'({ status: given, limit, cursor }) {
      const status = given === 'all' ? undefined : given;
      const mails = await listMails(await pool(), { status, limit, after: cursor });
      return { mails, cursor: nextCursor(mails, limit) };
    },

    async 'mails show'({ notification }) {
      const mail = await findMail(await pool(), notification);
      return mail && { ...mail };
    },

    async 'mails resend'({ notification, dryRun }) {
      const db = await pool();
      if (dryRun) {
        const mail = await findFailedMail(db, notification);
        return mail && { wouldResend: mail };
      }
      return inTransaction(db, async (tx) => {
        const at = now();
        const resent = await resendMail(tx, notification, at);
        if (resent === undefined) return undefined;
        const { id, source, eventId, resends } = resent;
        // The relay publishes the entry within a minute.
        const entry = outboxEntry(
          { source, eventId, occurredAt: at },
          'notification.requested',
          { notificationId: id },
          at,
          `${id}/${resends}`,
        );
        await insertOutboxEntries(tx, [entry]);
        return { resent };
      });
    },
  };
}
