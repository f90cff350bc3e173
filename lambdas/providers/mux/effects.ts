import type { AssetEvent } from '../../assets/asset-events.queries.ts';
import type { Asset } from '../../assets/assets.queries.ts';
import type { User } from '../../assets/users.queries.ts';
import { eventTextLimits } from '../../catalog/domain-events.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { outboxEntry } from '../../outbox/outbox-entry.ts';
import { cutOptionalText, cutText } from '../../platform/cut-text.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import type { MuxEvent } from './events.ts';

const source = 'mux';

/** One event with the asset before and after it. */
export interface EventEffect {
  readonly before: Asset;
  readonly event: MuxEvent;
  readonly after: Asset;
}

export interface AssetEffects {
  readonly assetEvent: AssetEvent;
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

/**
 * Composes the rows that one event inserts. Notifications and domain events follow only a change of
 * status.
 */
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

const became = ({ before, after }: EventEffect, status: Asset['status']) =>
  after.status === status && before.status !== status;

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
  effect: EventEffect,
  users: readonly User[],
  now: Date,
): NewNotification[] {
  const { after, event } = effect;
  const { id: assetId, ownerId, title, durationSeconds } = after;
  const notify = (
    userId: string,
    kind: string,
    params: NewNotification['params'],
  ): NewNotification => ({
    id: deterministicUuid(source, event.eventId, kind, userId),
    userId,
    kind,
    params,
    source,
    eventId: event.eventId,
    assetId,
    createdAt: now,
  });
  if (became(effect, 'ready') && ownerId !== null)
    return [notify(ownerId, 'asset.ready', { assetId, title, durationSeconds })];
  if (!became(effect, 'failed')) return [];
  const reason = after.failureReason ?? '';
  const ownerName = users.find(({ id }) => id === ownerId)?.name ?? null;
  const admins = users.filter(({ id, role }) => role === 'admin' && id !== ownerId);
  return [
    ...(ownerId === null ? [] : [notify(ownerId, 'asset.failed', { assetId, title, reason })]),
    ...admins.map(({ id }) =>
      notify(id, 'asset.failed.admin', { assetId, title, reason, ownerName }),
    ),
  ];
}

const originOf = ({ event: { eventId, occurredAt } }: EventEffect) => ({
  source,
  eventId,
  occurredAt,
});

function domainEventsOf(effect: EventEffect, now: Date): OutboxEntry[] {
  const { after } = effect;
  const origin = originOf(effect);
  const title = cutOptionalText(after.title, eventTextLimits.title);
  const asset = { assetId: after.id, ownerId: after.ownerId, title };
  if (became(effect, 'ready')) {
    const { playbackId, durationSeconds } = after;
    return [outboxEntry(origin, 'asset.ready', { ...asset, playbackId, durationSeconds }, now)];
  }
  if (became(effect, 'failed')) {
    const reason = cutText(after.failureReason ?? '', eventTextLimits.reason);
    return [outboxEntry(origin, 'asset.failed', { ...asset, reason }, now)];
  }
  return [];
}
