import { bareAddress } from '../../notifications/email-address.ts';
import { lockMails, updateDeliveries } from '../../notifications/email-deliveries.queries.ts';
import {
  insertIncidents,
  lockAddresses,
  suppressAddresses,
} from '../../notifications/email-suppressions.queries.ts';
import { insertNotifications } from '../../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../../outbox/outbox.queries.ts';
import { emitMetrics, log } from '../../platform/logger.ts';
import type { Transaction } from '../../platform/postgres/transaction.ts';
import type { EventEffects, EventHandler } from '../../webhooks/process/event-handler.ts';
import { effectsOf, type SuppressionEffects } from './effects.ts';
import type { MailEvent } from './events.ts';
import {
  canSuppress,
  type EventEffect,
  type EventReduction,
  type ResendRows,
  reduceEvents,
  source,
} from './reduce-events.ts';
import type { SuppressionRule } from './suppression.ts';

/**
 * Moves mails forward and suppresses addresses by the rule.
 * @param supportEmail Recipient of one mail for each suppressed address.
 */
export function makeResendEventHandler(
  rule: SuppressionRule,
  supportEmail: string,
): EventHandler<MailEvent, ResendRows> {
  const support = bareAddress(supportEmail);
  return {
    async load(tx, events) {
      if (events.length === 0) return { mails: [], addresses: [] };
      const [mails, addresses] = await Promise.all([
        lockMails(tx, events),
        lockAddresses(tx, addressesWithIncidents(events)),
      ]);
      return { mails, addresses };
    },

    async apply(tx, rows, events, now) {
      const reduction = reduceEvents(rows, events, rule, now);
      const results = reduction.effects.map((effect) => ({
        effect,
        inserted: effectsOf(effect, support, now),
      }));
      const inserted = results.map((result) => result.inserted);
      tx.deferUntilCommit(write(tx, reduction, inserted));
      reduction.effects.forEach(reportUnusual);
      return results.map((result) => toEventEffects(result.effect, result.inserted));
    },
  };
}

const addressesWithIncidents = (events: readonly MailEvent[]) =>
  events
    .filter(canSuppress)
    .flatMap(({ addresses, notificationId, emailId }) =>
      addresses.map((address) => ({ address, notificationId, emailId })),
    );

/** Issues all statements synchronously. */
async function write(
  tx: Transaction,
  { mails, effects }: EventReduction,
  inserted: readonly SuppressionEffects[],
): Promise<void> {
  await Promise.all([
    updateDeliveries(tx, mails),
    insertIncidents(
      tx,
      effects.flatMap(({ incidents }) => incidents),
    ),
    suppressAddresses(
      tx,
      effects.flatMap(({ suppressions }) => suppressions),
    ),
    insertNotifications(
      tx,
      inserted.flatMap(({ notifications }) => notifications),
    ),
    insertOutboxEntries(
      tx,
      inserted.flatMap(({ outbox }) => outbox),
    ),
  ]);
}

/** Logs events that have no effect but may need attention. */
function reportUnusual({ event: { eventId, type, incident, emailId }, mail }: EventEffect): void {
  const fields = { provider: source, eventId, type, emailId };
  if (mail === 'unknown') {
    log.info('Mail was not sent by this system', fields);
  } else if (incident === 'unclear') {
    log.warn('Bounce has no known type', fields);
    emitMetrics('bounces', { UnclearBounces: 1 }, { provider: source });
  }
}

/**
 * An event is stale if it changed neither the mail's status nor any address.
 * A second complaint about a mail is not stale: it counts against its address.
 */
function toEventEffects(
  { mail, incidents }: EventEffect,
  { notifications, outbox }: SuppressionEffects,
): EventEffects {
  return {
    stale: mail === 'stale' && incidents.length === 0,
    assetEvents: [],
    notifications: notifications.map(({ id }) => id),
    outbox,
  };
}
