import * as z from 'zod';

/** `source` of everything we put on the bus. */
export const eventSource = 'motion-mavericks.portal';

const common = {
  version: z.literal(1),
  /** The outbox entry's. */
  id: z
    .uuid()
    .describe('The same each time this event is published; what consumers drop repeats by'),
  occurredAt: z.iso.datetime(),
};

const assetDetail = {
  ...common,
  assetId: z.uuid(),
  ownerId: z.uuid().nullable(),
  title: z.string().nullable(),
};

/** https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html */
const chatMessage = z.object({
  version: z.literal('1.0'),
  source: z.literal('custom'),
  content: z.object({
    textType: z.literal('client-markdown'),
    title: z.string(),
    description: z.string(),
    nextSteps: z.array(z.string()),
    keywords: z.array(z.string()),
  }),
});

export type ChatMessage = z.infer<typeof chatMessage>;

const invitation = z.object({
  ...common,
  invitationId: z.uuid(),
  email: z.string(),
  role: z.string(),
  issuedAt: z.iso.datetime(),
});

/** The detail of each domain event, by its detail-type. A changed shape is a new `version`. */
export const domainEvents = {
  'asset.ready': z
    .object({
      ...assetDetail,
      playbackId: z.string().nullable(),
      durationSeconds: z.number().nullable(),
    })
    .describe('A film can be watched.'),
  'asset.failed': z
    .object({ ...assetDetail, reason: z.string() })
    .describe('Mux could not make a film of the file.'),
  'email.suppressed': z
    .object({
      ...common,
      address: z.string(),
      reason: z.enum(['complaint', 'permanent-bounces', 'transient-bounces']),
    })
    .describe('The portal mails this address no longer.'),
  'notification.requested': z
    .object({ ...common, notificationId: z.uuid() })
    .describe(
      'A notification waits for its mail. The sender of this system takes it; it is no news for others.',
    ),
  // Up to 100 links: a million expire at once, and EventBridge takes ten events in a call.
  'share_link.expired': z
    .object({
      ...common,
      links: z.array(
        z.object({
          shareLinkId: z.uuid(),
          assetId: z.uuid(),
          ownerId: z.uuid(),
          label: z.string().nullable(),
          expiresAt: z.iso.datetime(),
        }),
      ),
    })
    .describe('Share links have expired, and their tokens are revoked. Up to 100 in one event.'),
  'invitation.expired': invitation.describe('An invitation was not accepted in its time.'),
  'invitation.reissued': invitation.describe(
    'An expired invitation is open again, from `issuedAt` on. The portal writes to the invited.',
  ),
  'residency.reported': z
    .object({
      ...common,
      week: z.iso.date(),
      reportId: z.uuid(),
      sha256: z.string(),
      assets: z.int(),
      violations: z.int(),
    })
    .describe('The weekly residency report and its evidence are stored.'),
  'webhook.exhausted': z
    .object({
      ...common,
      provider: z.string(),
      type: z.string(),
      eventId: z.string(),
      receivedAt: z.iso.datetime(),
      attempts: z.int(),
      redrives: z.int(),
      errorCode: z.string().nullable(),
      errorMessage: z.string().nullable(),
    })
    .describe(
      'An event of a provider failed every redrive, or never can pass; its body is in the ledger.',
    ),
  'on-call.alerted': z
    .object({ ...common, message: chatMessage })
    .describe(
      "For people on call. `message` is in the format that AWS's chat integration shows as it is.",
    ),
} as const;

export type DomainEventType = keyof typeof domainEvents;
export type DomainEventDetail<Type extends DomainEventType> = z.infer<(typeof domainEvents)[Type]>;
