import { z } from 'zod';

/** `source` of everything we put on the bus. */
export const eventSource = 'motion-mavericks.portal';

const common = {
  version: z.literal(1),
  /** The outbox entry's id: the same each time an event is published again, so that consumers can drop repeats. */
  id: z.uuid(),
  occurredAt: z.iso.datetime(),
};

const assetDetail = {
  ...common,
  assetId: z.uuid(),
  ownerId: z.uuid().nullable(),
  title: z.string().nullable(),
};

/** The detail of each domain event, by its detail-type. A changed shape is a new `version`. */
export const domainEvents = {
  'asset.ready': z.object({
    ...assetDetail,
    playbackId: z.string().nullable(),
    durationSeconds: z.number().nullable(),
  }),
  'asset.failed': z.object({ ...assetDetail, reason: z.string() }),
  'notification.requested': z.object({ ...common, notificationId: z.uuid() }),
} as const;

export type DomainEventType = keyof typeof domainEvents;
export type DomainEventDetail<Type extends DomainEventType> = z.infer<(typeof domainEvents)[Type]>;
