import { eventTextLimits } from '../../catalog/domain-events.ts';
import type { Suppression } from '../../notifications/email-suppressions.queries.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { type OutboxOrigin, outboxEntry } from '../../outbox/outbox-entry.ts';
import { cutText } from '../../platform/cut-text.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import { type EventEffect, source } from './reduce-events.ts';

export interface SuppressionEffects {
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

/**
 * Composes a domain event and a mail to support for each newly suppressed address.
 * @param support Address of support in lower case.
 */
export function effectsOf(
  { event, suppressions }: EventEffect,
  support: string,
  now: Date,
): SuppressionEffects {
  const origin = { source, eventId: event.eventId, occurredAt: event.occurredAt };
  const notifications = suppressions
    // The address of support itself receives no mail once it is suppressed.
    .filter(({ address }) => address !== support)
    .map((suppression) => supportNotification(suppression, event.reason ?? null, support));
  return {
    notifications,
    outbox: [
      ...suppressions.map((suppression) => suppressedEvent(origin, suppression, now)),
      ...notifications.map(({ id }) =>
        outboxEntry(origin, 'notification.requested', { notificationId: id }, now, id),
      ),
    ],
  };
}

function suppressedEvent(
  origin: OutboxOrigin,
  { address, reason }: Suppression,
  now: Date,
): OutboxEntry {
  const detail = { address: cutText(address, eventTextLimits.address), reason };
  return outboxEntry(origin, 'email.suppressed', detail, now, address);
}

function supportNotification(
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
