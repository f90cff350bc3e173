import type { NewNotification } from '../notifications/notifications.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { TimedOutUpload } from './timed-out-uploads.queries.ts';

const source = 'clean-up-assets';

/** Shown to the owner in the mail. */
export const timedOutReason = 'No file was uploaded before the upload link expired.';

/** Composes one domain event and one mail to the owner for each upload. */
export function composeTimedOutMessages(uploads: readonly TimedOutUpload[], now: Date) {
  const owned = uploads.flatMap((upload) => {
    const { ownerId } = upload;
    return ownerId === null ? [] : [{ ...upload, ownerId }];
  });
  const composed = owned.map(({ assetId, ownerId, title, muxUploadId, expiredAt }) => {
    const origin = { source, eventId: muxUploadId, occurredAt: expiredAt };
    const notification: NewNotification = {
      id: deterministicUuid(source, muxUploadId, ownerId),
      userId: ownerId,
      kind: 'asset.cancelled',
      params: { assetId, title, reason: timedOutReason },
      source,
      eventId: muxUploadId,
      assetId,
      createdAt: now,
    };
    const detail = { assetId, ownerId, title, reason: timedOutReason };
    const request = { notificationId: notification.id };
    return {
      notification,
      outbox: [
        outboxEntry(origin, 'asset.cancelled', detail, now),
        outboxEntry(origin, 'notification.requested', request, now, notification.id),
      ],
    };
  });
  return {
    notifications: composed.map(({ notification }) => notification),
    outbox: composed.flatMap(({ outbox }) => outbox),
  };
}
