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
  /** Undefined for the replay of an applied event that changes nothing. */
  readonly assetEvent: AssetEvent | undefined;
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

interface EffectContext {
  /** Id from which the ids of the rows derive: that of the event or of its replay. */
  readonly causeId: string;
  readonly users: readonly User[];
  readonly now: Date;
}

/**
 * Composes the rows that one event inserts.
 * @param causeId Differs from the event's id for a replay of an applied event.
 */
export function effectsOf(
  effect: EventEffect,
  users: readonly User[],
  now: Date,
  causeId = effect.event.eventId,
): AssetEffects {
  const context = { causeId, users, now };
  const notifications = notificationsOf(effect, context);
  const origin = originOf(effect, context);
  const isRecorded = causeId === effect.event.eventId || changesStatus(effect);
  return {
    assetEvent: isRecorded ? assetEventOf(effect, context) : undefined,
    notifications,
    outbox: [
      ...domainEventsOf(effect, context),
      ...notifications.map(({ id }) =>
        outboxEntry(origin, 'notification.requested', { notificationId: id }, now, id),
      ),
    ],
  };
}

const changesStatus = ({ before, after }: EventEffect) =>
  after.status !== before.status || after.statusEventId !== before.statusEventId;

function assetEventOf(
  { before, event, after }: EventEffect,
  { causeId, now }: EffectContext,
): AssetEvent {
  return {
    id: deterministicUuid(source, causeId, 'asset-event'),
    assetId: after.id,
    source,
    eventId: causeId,
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
  { causeId, users, now }: EffectContext,
): NewNotification[] {
  const { id: assetId, ownerId, title, durationSeconds } = after;
  if (announcement === null || ownerId === null) return [];
  const notify = (
    userId: string,
    kind: string,
    params: NewNotification['params'],
  ): NewNotification => ({
    id:
      causeId === event.eventId
        ? announcementId(after, kind, userId)
        : deterministicUuid(source, causeId, kind, userId),
    userId,
    kind,
    params,
    source,
    eventId: causeId,
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
 * notification about one asset of Mux. A replay of an applied event has ids of its own.
 */
const announcementId = (
  { id, muxUploadId, muxAssetId }: Asset,
  kind: string,
  userId: string,
): string =>
  deterministicUuid(source, 'announcement', id, muxUploadId ?? muxAssetId ?? '', kind, userId);

const originOf = ({ event: { occurredAt } }: EventEffect, { causeId }: EffectContext) => ({
  source,
  eventId: causeId,
  occurredAt,
});

function domainEventsOf(effect: EventEffect, context: EffectContext): OutboxEntry[] {
  const { after, announcement } = effect;
  if (announcement === null) return [];
  const { now } = context;
  const origin = originOf(effect, context);
  const title = cutOptionalText(after.title, eventTextLimits.title);
  const asset = { assetId: after.id, ownerId: after.ownerId, title };
  if (announcement === 'ready') {
    const { playbackId, durationSeconds } = after;
    return [outboxEntry(origin, 'asset.ready', { ...asset, playbackId, durationSeconds }, now)];
  }
  const reason = cutText(after.failureReason ?? '', eventTextLimits.reason);
  return [outboxEntry(origin, `asset.${announcement}`, { ...asset, reason }, now)];
}
