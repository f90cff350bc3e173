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
import type { Application, Effects } from '../../webhooks/process/exactly-once.ts';
import { effectsOf, type SuppressionEffects } from './effects.ts';
import type { MailEvent } from './events.ts';
import {
  type EventEffect,
  type EventReduction,
  mayCount,
  reduceEvents,
  source,
} from './reduce-events.ts';
import type { SuppressionRule } from './suppression.ts';

/**
 * Resend's events move mails forward, and what speaks against an address may end its mails.
 * @param supportEmail Who hears of each address that is suppressed.
 */
export function makeResendApplication(
  rule: SuppressionRule,
  supportEmail: string,
): Application<MailEvent> {
  const support = bareAddress(supportEmail);
  return {
    async lock(tx, events) {
      if (events.length === 0) return { apply: () => ({ effects: [] }) };
      const [mails, addresses] = await Promise.all([
        lockMails(tx, events),
        lockAddresses(tx, spokenAgainst(events)),
      ]);
      return {
        apply(_, fresh, now) {
          const walk = reduceEvents({ mails, addresses }, fresh, rule, now);
          const effects = walk.steps.map((step) => effectsOf(step, support, now));
          tx.deferUntilCommit(write(tx, walk, effects));
          walk.steps.forEach(flag);
          return { effects: walk.steps.map((step, index) => toEffects(step, effects[index])) };
        },
      };
    },
  };
}

const spokenAgainst = (events: readonly MailEvent[]) =>
  events
    .filter(mayCount)
    .flatMap(({ addresses, notificationId, emailId }) =>
      addresses.map((address) => ({ address, notificationId, emailId })),
    );

/** Sent in one go. */
async function write(
  tx: Transaction,
  { mails, steps }: EventReduction,
  effects: readonly SuppressionEffects[],
): Promise<void> {
  await Promise.all([
    updateDeliveries(tx, mails),
    insertIncidents(
      tx,
      steps.flatMap(({ incidents }) => incidents),
    ),
    suppressAddresses(
      tx,
      steps.flatMap(({ suppressions }) => suppressions),
    ),
    insertNotifications(
      tx,
      effects.flatMap(({ notifications }) => notifications),
    ),
    insertOutboxEntries(
      tx,
      effects.flatMap(({ outbox }) => outbox),
    ),
  ]);
}

/** What somebody should look at, and nothing else does anything about. */
function flag({ event: { eventId, type, incident, emailId }, mail }: EventEffect): void {
  const fields = { provider: source, eventId, type, emailId };
  if (mail === 'unknown') {
    log.info('No mail of ours', fields);
  } else if (incident === 'unclear') {
    log.warn('Bounce of no known type', fields);
    emitMetrics('bounces', { UnclearBounces: 1 }, { provider: source });
  }
}

/** Late is what moved nothing; a complaint about a mail that two complain of still counts against its address. */
function toEffects(
  { mail, incidents }: EventEffect,
  effects: SuppressionEffects | undefined,
): Effects {
  const { notifications = [], outbox = [] } = effects ?? {};
  return {
    stale: mail === 'late' && incidents.length === 0,
    assetEvents: [],
    notifications: notifications.map(({ id }) => id),
    outbox,
  };
}
