import type { User } from '../assets/users.queries.ts';
import type { NewNotification } from '../notifications/notifications.queries.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { ExpiryMail, OwnerExpiry, RunSummary } from './share-link-expiries.queries.ts';

const source = 'expire-share-links';

/** Composes an owner's mail. The id is derived from the run, so a repeated run adds no mail. */
export function composeOwnerMail(
  { runAt, ownerId, links, part }: OwnerExpiry,
  now: Date,
): ExpiryMail {
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

/** Composes one mail about a run to each admin. */
export function composeDigests(
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
