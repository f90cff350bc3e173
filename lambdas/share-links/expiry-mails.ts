import type { User } from '../assets/users.queries.ts';
import type { NewNotification } from '../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { ExpiryMail, OwnerExpiry, RunSummary } from './share-link-expiries.queries.ts';

const source = 'expire-share-links';

export const OWNERS_IN_DIGEST = 20;

/** Its id follows from the run: a run that is repeated writes to nobody twice about the same links. */
export function mailToOwner({ runAt, ownerId, links, part }: OwnerExpiry, now: Date): ExpiryMail {
  const eventId = deterministicUuid(source, runAt.toISOString(), ownerId, String(part));
  const notification = {
    id: deterministicUuid(source, eventId, 'mail'),
    userId: ownerId,
    kind: 'share-links.expired',
    params: { total: links },
    source,
    eventId,
    assetId: null,
    createdAt: now,
  };
  return { runAt, notification };
}

export function digestFor(
  { links, owners, top }: RunSummary,
  runAt: Date,
  admins: readonly User[],
  now: Date,
): readonly NewNotification[] {
  const eventId = deterministicUuid(source, runAt.toISOString(), 'digest');
  return admins.map(({ id }) => ({
    id: deterministicUuid(source, eventId, id),
    userId: id,
    kind: 'share-links.digest',
    params: { runAt: runAt.toISOString(), links, owners, top },
    source,
    eventId,
    assetId: null,
    createdAt: now,
  }));
}

/** Asks the sender for each mail. */
export function requestsFor(notifications: readonly NewNotification[]): readonly OutboxEntry[] {
  return notifications.map((one) => {
    const cause = { source: one.source, eventId: one.eventId, occurredAt: one.createdAt };
    return outboxEntry(
      cause,
      'notification.requested',
      { notificationId: one.id },
      one.createdAt,
      one.id,
    );
  });
}
