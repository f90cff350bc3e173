import type { AssetEvent } from '../../assets/asset-events.queries.ts';
import type { Asset } from '../../assets/assets.queries.ts';
import type { User } from '../../assets/users.queries.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { outboxEntry } from '../../outbox/outbox-entry.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import type { MuxEvent } from './events.ts';

const source = 'mux';

/** One step of one asset: what it was, the event, what it is now. */
export interface EventEffect {
  readonly before: Asset;
  readonly event: MuxEvent;
  readonly after: Asset;
}

export interface StepEffects {
  readonly assetEvent: AssetEvent;
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

/** Who is told of a step, and what the bus hears. Only a change of status is news, not the event that repeats it. */
export function effectsOf(step: EventEffect, users: readonly User[], now: Date): StepEffects {
  const notifications = notificationsOf(step, users, now);
  return {
    assetEvent: assetEventOf(step, now),
    notifications,
    outbox: [
      ...domainEventsOf(step, now),
      ...notifications.map(({ id }) => {
        return outboxEntry(
          causeOf(step),
          'notification.requested',
          { notificationId: id },
          now,
          id,
        );
      }),
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

function notificationsOf(step: EventEffect, users: readonly User[], now: Date): NewNotification[] {
  const { after, event } = step;
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
  if (became(step, 'ready') && ownerId !== null)
    return [notify(ownerId, 'asset.ready', { assetId, title, durationSeconds })];
  if (!became(step, 'failed')) return [];
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

const causeOf = ({ event: { eventId, occurredAt } }: EventEffect) => ({
  source,
  eventId,
  occurredAt,
});

function domainEventsOf(step: EventEffect, now: Date): OutboxEntry[] {
  const { after } = step;
  const asset = { assetId: after.id, ownerId: after.ownerId, title: after.title };
  if (became(step, 'ready')) {
    const { playbackId, durationSeconds } = after;
    return [
      outboxEntry(causeOf(step), 'asset.ready', { ...asset, playbackId, durationSeconds }, now),
    ];
  }
  if (became(step, 'failed'))
    return [
      outboxEntry(
        causeOf(step),
        'asset.failed',
        { ...asset, reason: after.failureReason ?? '' },
        now,
      ),
    ];
  return [];
}
