import type { AssetEvent } from '../../assets/asset-events.queries.ts';
import type { Asset } from '../../assets/assets.queries.ts';
import type { User } from '../../assets/users.queries.ts';
import { eventTextLimits } from '../../catalog/domain-events.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { outboxEntry } from '../../outbox/outbox-entry.ts';
import { cutOptionalText, cutText } from '../../platform/cut-text.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import type { Announcement } from './announcement.ts';
import type { MuxEvent } from './events.ts';

const source = 'mux';

/** One event with the asset before and after it. */
export interface EventEffect {
  readonly before: Asset;
  readonly event: MuxEvent;
  readonly after: Asset;
  readonly announcement: Announcement | null;
}

export interface AssetEffects {
  readonly assetEvent: AssetEvent;
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

/** Composes the rows that one event inserts. */
export function effectsOf(effect: EventEffect, users: readonly User[], now: Date): AssetEffects {
  const notifications = notificationsOf(effect, users, now);
  const origin = originOf(effect);
  return {
    assetEvent: assetEventOf(effect, now),
    notifications,
    outbox: [
      ...domainEventsOf(effect, now),
      ...notifications.map(({ id }) =>
        outboxEntry(origin, 'notification.requested', { notificationId: id }, now, id),
      ),
    ],
  };
}

function assetEventOf({ before, event, after }: EventEffect, now: Date): AssetEvent {
  return {
    id: deterministicUuid(source, event.eventId, 'asset-event'),
    assetId: after.id,
    source,
    eventId: event.eventId,
    type: event.type,
    fromStatus: before.status,
    toStatus: after.status,
    applied: after.statusEventId === event.eventId,
    occurredAt: event.occurredAt,
    recordedAt: now,
  };
}

function notificationsOf(
  { after, event, announcement }: EventEffect,
  users: readonly User[],
  now: Date,
): NewNotification[] {
  const { id: assetId, ownerId, title, durationSeconds } = after;
  if (announcement === null || ownerId === null) return [];
  const notify = (
    userId: string,
    kind: string,
    params: NewNotification['params'],
  ): NewNotification => ({
    id: announcementId(after, kind, userId),
    userId,
    kind,
    params,
    source,
    eventId: event.eventId,
    assetId,
    createdAt: now,
  });
  if (announcement === 'ready')
    return [notify(ownerId, 'asset.ready', { assetId, title, durationSeconds })];
  const reason = after.failureReason ?? '';
  if (announcement === 'cancelled')
    return [notify(ownerId, 'asset.cancelled', { assetId, title, reason })];
  const ownerName = users.find(({ id }) => id === ownerId)?.name ?? null;
  const admins = users.filter(({ id, role }) => role === 'admin' && id !== ownerId);
  return [
    notify(ownerId, 'asset.failed', { assetId, title, reason }),
    ...admins.map(({ id }) =>
      notify(id, 'asset.failed.admin', { assetId, title, reason, ownerName }),
    ),
  ];
}

/**
 * Returns the same id for every event that announces the same, so that Postgres rejects a second
 * notification about one asset of Mux.
 */
const announcementId = (
  { id, muxUploadId, muxAssetId }: Asset,
  kind: string,
  userId: string,
): string =>
  deterministicUuid(source, 'announcement', id, muxUploadId ?? muxAssetId ?? '', kind, userId);

const originOf = ({ event: { eventId, occurredAt } }: EventEffect) => ({
  source,
  eventId,
  occurredAt,
});

function domainEventsOf(effect: EventEffect, now: Date): OutboxEntry[] {
  const { after, announcement } = effect;
  if (announcement === null) return [];
  const origin = originOf(effect);
  const title = cutOptionalText(after.title, eventTextLimits.title);
  const asset = { assetId: after.id, ownerId: after.ownerId, title };
  if (announcement === 'ready') {
    const { playbackId, durationSeconds } = after;
    return [outboxEntry(origin, 'asset.ready', { ...asset, playbackId, durationSeconds }, now)];
  }
  const reason = cutText(after.failureReason ?? '', eventTextLimits.reason);
  return [outboxEntry(origin, `asset.${announcement}`, { ...asset, reason }, now)];
}
