import * as z from 'zod';
import { mailProvider } from './providers.ts';

/** `source` of each event that this system publishes to the bus. */
export const eventSource = 'motion-mavericks.portal';

/**
 * Longest texts in domain events, in characters. Texts of providers and members have no limit, and
 * EventBridge rejects a call that is too large. `cutText` applies the limits where
 * an event is made.
 */
export const eventTextLimits = {
  title: 500,
  reason: 1_000,
  label: 200,
  address: 320,
  errorMessage: 2_000,
} as const;

/**
 * Fields of domain events that contain texts of members or mail addresses as they are, with the
 * reason. Every other text is redacted before it is published.
 */
export const personalEventFields = {
  title: 'Consumers show the title of the video, which the member wrote.',
  label: 'Consumers show the label of the link, which the member wrote.',
  address: 'The event is about this address.',
  email: 'The portal sends the invitation to this address.',
  message:
    'People on call receive the alert. It names the addresses of the stage that get no mail.',
} as const;

const common = {
  version: z.literal(1),
  /** Equals the id of the outbox entry. */
  id: z
    .uuid()
    .describe('Identical in each copy of the same event. Consumers use it to ignore repeats'),
  occurredAt: z.iso.datetime(),
};

const assetDetail = {
  ...common,
  assetId: z.uuid(),
  ownerId: z.uuid().nullable(),
  title: z.string().max(eventTextLimits.title).nullable(),
};

/**
 * Custom notification of AWS's chat integration:
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
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
  email: z.string().max(eventTextLimits.address),
  role: z.string(),
  issuedAt: z.iso.datetime(),
});

/** Schema of `detail` by detail-type. A breaking change of a schema needs a new `version`. */
export const domainEvents = {
  'asset.ready': z
    .object({
      ...assetDetail,
      playbackId: z.string().nullable(),
      durationSeconds: z.number().nullable(),
    })
    .describe(
      'A video is ready to watch. Published once, with a playback id that the portal can use. ' +
        'A playback URL has a token, so it is not published: sign one for `playbackId`, or read ' +
        '`playback_url` in `portal.assets`, which works until `playback_url_expires_at`.',
    ),
  'asset.failed': z
    .object({ ...assetDetail, reason: z.string().max(eventTextLimits.reason) })
    .describe('Mux could not process the uploaded file. Published once.'),
  'asset.cancelled': z
    .object({ ...assetDetail, reason: z.string().max(eventTextLimits.reason) })
    .describe('An upload was cancelled, or its URL expired before a file was uploaded.'),
  'email.suppressed': z
    .object({
      ...common,
      address: z.string().max(eventTextLimits.address),
      reason: z
        .enum(['complaint', 'permanent-bounces', 'transient-bounces', 'manual'])
        .describe("`manual`: a person added the address to Resend's list"),
      origin: z
        .enum(['portal', mailProvider])
        .describe("List that contained the address first: the portal's, or Resend's"),
    })
    .describe('The portal no longer sends mail to this address.'),
  'notification.requested': z
    .object({ ...common, notificationId: z.uuid() })
    .describe(
      'A notification is waiting to be mailed. Only the mail sender of this system consumes it.',
    ),
  // Groups up to 100 links: a million links may expire at once, and EventBridge accepts ten events
  // in one call.
  'share_link.expired': z
    .object({
      ...common,
      links: z.array(
        z.object({
          shareLinkId: z.uuid(),
          assetId: z.uuid(),
          ownerId: z.uuid(),
          label: z.string().max(eventTextLimits.label).nullable(),
          expiresAt: z.iso.datetime(),
        }),
      ),
    })
    .describe(
      'Share links expired and their tokens were revoked. One event holds up to 100 links.',
    ),
  'invitation.expired': invitation.describe('An invitation expired before it was accepted.'),
  'invitation.reissued': invitation.describe(
    'An expired invitation is valid again from `issuedAt` on. ' +
      'The portal sends the new link to the invited person.',
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
    .describe('The weekly residency report and its evidence were stored.'),
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
      errorMessage: z.string().max(eventTextLimits.errorMessage).nullable(),
    })
    .describe(
      'An event of a provider failed after every redrive, or can never succeed. ' +
        'Its body stays in the ledger.',
    ),
  'on-call.alerted': z
    .object({ ...common, message: chatMessage })
    .describe(
      'People on call must act. `message` has the custom notification format of ' +
        "AWS's chat integration.",
    ),
} as const;

export type DomainEventType = keyof typeof domainEvents;
export type DomainEventDetail<Type extends DomainEventType> = z.infer<(typeof domainEvents)[Type]>;
