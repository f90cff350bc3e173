import { lockMails, updateDeliveries } from '../../notifications/email-deliveries.queries.ts';
import {
  insertIncidents,
  lockAddresses,
  updateAddresses,
} from '../../notifications/email-suppressions.queries.ts';
import { insertNotifications } from '../../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../../outbox/outbox.queries.ts';
import { emitMetrics, log } from '../../platform/logger.ts';
import type { Transaction } from '../../platform/postgres/transaction.ts';
import type { EventEffects, EventHandler } from '../../webhooks/process/event-handler.ts';
import { source } from './address-state.ts';
import { type Contacts, effectsOf, type SuppressionEffects } from './effects.ts';
import type { ResendEvent } from './events.ts';
import {
  addressesOf,
  type EventEffect,
  type EventReduction,
  type ResendRows,
  reduceEvents,
  suppressionsOf,
} from './reduce-events.ts';
import type { SuppressionRule } from './suppression.ts';

/** Moves mails forward, and suppresses addresses by the rule and by Resend's list. */
export function makeResendEventHandler(
  rule: SuppressionRule,
  contacts: Contacts,
): EventHandler<ResendEvent, ResendRows> {
  return {
    async load(tx, events) {
      const mails = await lockMails(
        tx,
        events.filter((event) => event.about === 'mail'),
      );
      // The mails name the addresses. Only events that affect an address cost this round trip.
      const addresses = await lockAddresses(tx, addressesOf(events, mails));
      return { mails, addresses };
    },

    async apply(tx, rows, events, now, causeOf) {
      const reduction = reduceEvents(rows, events, rule, now);
      const results = reduction.effects.map((effect) => ({
        effect,
        inserted: effectsOf(effect, contacts, now, causeOf(effect.event)),
      }));
      const inserted = results.map((result) => result.inserted);
      tx.deferUntilCommit(write(tx, reduction, inserted));
      reduction.effects.forEach(reportUnusual);
      return results.map((result) => toEventEffects(result.effect, result.inserted));
    },
  };
}

/** Issues all statements synchronously. */
async function write(
  tx: Transaction,
  { mails, addresses, effects }: EventReduction,
  inserted: readonly SuppressionEffects[],
): Promise<void> {
  await Promise.all([
    updateDeliveries(tx, mails),
    insertIncidents(
      tx,
      effects.flatMap(({ incidents }) => incidents),
    ),
    updateAddresses(tx, addresses, effects.flatMap(suppressionsOf)),
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
function reportUnusual({ event, mail }: EventEffect): void {
  if (event.about === 'list') return;
  const { eventId, type, bounce, emailId } = event;
  const fields = { provider: source, eventId, type, emailId };
  if (mail === 'unknown') {
    log.info('Mail was not sent by this system', fields);
  } else if (bounce === 'unclear') {
    log.warn('Bounce has no known type', fields);
    emitMetrics('bounces', { UnclearBounces: 1, RejectedMails: 0 }, { provider: source });
  } else if (bounce === 'rejected-mail') {
    log.warn('Mail was rejected for its size or content', fields);
    emitMetrics('bounces', { UnclearBounces: 0, RejectedMails: 1 }, { provider: source });
  }
}

/**
 * An event is stale if it changed neither the mail's status nor any address.
 * A second complaint about a mail is not stale: it counts against its address.
 */
function toEventEffects(
  { mail, incidents, changes }: EventEffect,
  { notifications, outbox }: SuppressionEffects,
): EventEffects {
  const changesAddress = incidents.length > 0 || changes.some(({ isChanged }) => isChanged);
  return {
    stale: (mail === 'stale' || mail === 'none') && !changesAddress,
    assetEvents: [],
    notifications: notifications.map(({ id }) => id),
    outbox,
  };
}
