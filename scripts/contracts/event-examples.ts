import type { DomainEventDetail, DomainEventType } from '../../lambdas/catalog/domain-events.ts';
import { mailProvider, providers } from '../../lambdas/catalog/providers.ts';

const common = {
  version: 1,
  id: '0198a3f0-5b1e-7c3a-9d42-1f6f0e8b7a10',
  occurredAt: '2026-11-28T10:15:00.000Z',
} as const;

const asset = {
  ...common,
  assetId: '20000000-0000-4000-8000-000000000001',
  ownerId: '10000000-0000-4000-8000-000000000001',
  title: 'Bathurst highlights',
} as const;

const invitation = {
  ...common,
  invitationId: '40000000-0000-4000-8000-000000000001',
  email: 'new.member@example.com',
  role: 'member',
  issuedAt: '2026-11-25T10:00:00.000Z',
} as const;

/**
 * One `detail` of each event type. The contracts of consumers contain them, and a test parses each
 * with its schema.
 */
export const eventExamples: { readonly [Type in DomainEventType]: DomainEventDetail<Type> } = {
  'asset.ready': {
    ...asset,
    playbackId: 'a4nOgmxGWg6gULfcBbAa00gXyfcwPnAFldF8RdsNyk8M',
    durationSeconds: 92.4,
  },
  'asset.failed': { ...asset, reason: 'The file has no video track' },
  'asset.cancelled': { ...asset, reason: 'The upload URL expired before a file was uploaded' },
  'email.suppressed': {
    ...common,
    address: 'former.member@example.com',
    reason: 'permanent-bounces',
    origin: mailProvider,
  },
  'notification.requested': {
    ...common,
    notificationId: '50000000-0000-4000-8000-000000000001',
  },
  'share_link.expired': {
    ...common,
    links: [
      {
        shareLinkId: '30000000-0000-4000-8000-000000000001',
        assetId: asset.assetId,
        ownerId: asset.ownerId,
        label: 'For the sponsors',
        expiresAt: '2026-11-28T10:00:00.000Z',
      },
    ],
  },
  'invitation.expired': invitation,
  'invitation.reissued': { ...invitation, issuedAt: common.occurredAt },
  'residency.reported': {
    ...common,
    week: '2026-11-23',
    reportId: '60000000-0000-4000-8000-000000000001',
    sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
    assets: 1_284,
    violations: 0,
  },
  'webhook.exhausted': {
    ...common,
    provider: providers[0],
    type: 'video.asset.ready',
    eventId: 'e1f3c9b2-6b1f-4f6e-9a53-0f0f7a3a1c55',
    receivedAt: '2026-11-28T08:00:00.000Z',
    attempts: 18,
    redrives: 5,
    errorCode: 'unreadable-event',
    errorMessage: 'data.id: expected a string',
  },
  'on-call.alerted': {
    ...common,
    message: {
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: 'Events of mux wait',
        description: 'Postgres does not answer. 12 events are tried again until it does.',
        nextSteps: ['Read the section of the alarm in the runbook'],
        keywords: ['webhooks'],
      },
    },
  },
};
