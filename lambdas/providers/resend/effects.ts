import type { Suppression } from '../../notifications/email-suppressions.queries.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { outboxEntry } from '../../outbox/outbox-entry.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import { type EventEffect, source } from './reduce-events.ts';

export interface SuppressionEffects {
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

/** Each newly suppressed address is told to the bus, and to support by one mail. @param support Lower-case. */
export function effectsOf(
  { event, suppressions }: EventEffect,
  support: string,
  now: Date,
): SuppressionEffects {
  const cause = { source, eventId: event.eventId, occurredAt: event.occurredAt };
  const notifications = suppressions
    // Nobody reads what is sent to an address that takes no mail.
    .filter(({ address }) => address !== support)
    .map((suppression) => tellSupport(suppression, event.reason ?? null, support));
  return {
    notifications,
    outbox: [
      ...suppressions.map(({ address, reason }) =>
        outboxEntry(cause, 'email.suppressed', { address, reason }, now, address),
      ),
      ...notifications.map(({ id }) =>
        outboxEntry(cause, 'notification.requested', { notificationId: id }, now, id),
      ),
    ],
  };
}

function tellSupport(
  { address, reason, since, eventId }: Suppression,
  lastAnswer: string | null,
  support: string,
): NewNotification {
  const kind = 'address.suppressed';
  return {
    id: deterministicUuid(source, eventId, kind, address),
    recipient: support,
    kind,
    params: { address, reason, lastAnswer },
    source,
    eventId,
    assetId: null,
    createdAt: since,
  };
}
