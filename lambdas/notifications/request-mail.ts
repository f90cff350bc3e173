import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import type { NewNotification } from './notifications.queries.ts';

/** Composes the outbox entry that makes the sender mail one of a job's notifications. */
export function requestMail({ id, source, eventId, createdAt }: NewNotification): OutboxEntry {
  const origin = { source, eventId, occurredAt: createdAt };
  const detail = { notificationId: id };
  return outboxEntry(origin, 'notification.requested', detail, createdAt, id);
}
