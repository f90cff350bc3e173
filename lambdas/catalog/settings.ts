/**
 * Environment variables through which a function may receive settings of its stage. The values are
 * in cdk.json; lib/settings.ts maps each variable to its value.
 */
export const settings = [
  'STAGE',
  'MAIL_FROM',
  'PORTAL_URL',
  'SUPPORT_EMAIL',
  'RELIABILITY_PARTNER_EMAIL',
  'COMPLIANCE_ADVISOR_EMAIL',
  'SUPPRESSION_RULE',
  'SHARE_LINK_DIGEST',
  'RETENTION_DAYS',
  'ALLOWED_REGIONS',
  'PLAYBACK_URL_HOURS',
  'IDEMPOTENCY_KEY_HOURS',
  'SHARE_LINK_MAX_DAYS',
  'UPLOAD_URL_MINUTES',
  'MAIL_REQUESTS_PER_SECOND',
  'EVENT_BUS_CALL_BYTES',
] as const;

export type Setting = (typeof settings)[number];
