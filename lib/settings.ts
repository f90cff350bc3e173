import type { Setting } from '../lambdas/catalog/settings.ts';
import type { StageConfig } from './config.ts';

/** Maps each setting of a function to the value from cdk.json. */
export const settingValues: Readonly<Record<Setting, (config: StageConfig) => string>> = {
  STAGE: ({ stage }) => stage,
  MAIL_FROM: ({ mailFrom }) => mailFrom,
  PORTAL_URL: ({ portalUrl }) => portalUrl,
  SUPPORT_EMAIL: ({ contacts }) => contacts.support,
  RELIABILITY_PARTNER_EMAIL: ({ contacts }) => contacts.reliabilityPartner,
  COMPLIANCE_ADVISOR_EMAIL: ({ contacts }) => contacts.complianceAdvisor,
  SUPPRESSION_RULE: ({
    suppressionRule: { permanentBounces, transientBounces, transientWindowDays },
  }) => [permanentBounces, transientBounces, transientWindowDays].join('/'),
  SHARE_LINK_DIGEST: ({ shareLinks }) => (shareLinks.adminDigest ? 'on' : 'off'),
  RETENTION_DAYS: ({ retentionDays }) => JSON.stringify(retentionDays),
  ALLOWED_REGIONS: ({ residency }) => residency.allowedRegions.join(','),
  PLAYBACK_URL_HOURS: ({ playbackUrlHours }) => String(playbackUrlHours),
  IDEMPOTENCY_KEY_HOURS: ({ idempotencyKeyHours }) => String(idempotencyKeyHours),
  UPLOAD_URL_MINUTES: ({ uploads }) => String(uploads.urlMinutes),
  SHARE_LINK_MAX_DAYS: ({ shareLinks }) => String(shareLinks.maxDays),
  MAIL_REQUESTS_PER_SECOND: ({ mail }) => String(mail.requestsPerSecond),
  EVENT_BUS_CALL_BYTES: ({ eventBusCallBytes }) => String(eventBusCallBytes),
};
