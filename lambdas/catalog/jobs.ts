import type { Job } from './job.ts';

/**
 * Lists each scheduled job. Schedules, functions, dead-letter queues and local mode follow this
 * list. To add a job, write `lambdas/<folder>/<name>.handler.ts` and add an entry here.
 */
export const jobs = [
  {
    name: 'relay-outbox',
    folder: 'outbox',
    schedule: 'rate(1 minute)',
    timeoutSeconds: 50,
    maxEventAgeSeconds: 60,
    overdueAfterSeconds: 300,
    publishes: true,
    settings: [],
  },
  {
    name: 'retry-failed-webhooks',
    folder: 'webhooks/retry',
    schedule: 'rate(5 minutes)',
    timeoutSeconds: 240,
    maxEventAgeSeconds: 300,
    overdueAfterSeconds: 1_200,
    publishes: true,
    redrives: true,
    settings: ['STAGE', 'RELIABILITY_PARTNER_EMAIL'],
  },
  {
    name: 'expire-share-links',
    folder: 'share-links',
    schedule: 'rate(15 minutes)',
    timeoutSeconds: 600,
    maxEventAgeSeconds: 840,
    overdueAfterSeconds: 2_700,
    publishes: false,
    settings: ['SHARE_LINK_DIGEST'],
  },
  {
    name: 'clean-up-invitations',
    folder: 'invitations',
    schedule: 'rate(1 hour)',
    timeoutSeconds: 120,
    maxEventAgeSeconds: 3_000,
    overdueAfterSeconds: 10_800,
    publishes: false,
    settings: ['STAGE'],
  },
  {
    name: 'clean-up-assets',
    folder: 'uploads',
    schedule: 'rate(15 minutes)',
    timeoutSeconds: 120,
    maxEventAgeSeconds: 840,
    overdueAfterSeconds: 2_700,
    publishes: false,
    settings: [],
  },
  {
    name: 'prune',
    folder: 'retention',
    // Runs at night, when the portal has the fewest users.
    schedule: 'cron(30 3 * * ? *)',
    timezone: 'Australia/Sydney',
    timeoutSeconds: 600,
    maxEventAgeSeconds: 7_200,
    overdueAfterSeconds: 100_800,
    publishes: false,
    settings: ['RETENTION_DAYS'],
  },
  {
    name: 'report-residency',
    folder: 'residency',
    // Runs before the working week begins and reports the week that ended on Sunday.
    schedule: 'cron(0 7 ? * MON *)',
    timezone: 'Australia/Sydney',
    timeoutSeconds: 300,
    maxEventAgeSeconds: 21_600,
    overdueAfterSeconds: 637_200,
    publishes: false,
    writesEvidence: true,
    settings: ['STAGE', 'COMPLIANCE_ADVISOR_EMAIL', 'ALLOWED_REGIONS', 'RETENTION_DAYS'],
  },
  {
    name: 'sign-audit-head',
    folder: 'audit',
    // Bounds the time in which the owner of the table can remove the newest records unseen.
    schedule: 'rate(5 minutes)',
    timeoutSeconds: 60,
    maxEventAgeSeconds: 240,
    overdueAfterSeconds: 1_200,
    publishes: false,
    signsAuditLog: true,
    settings: ['STAGE'],
  },
  {
    name: 'check-secret-ages',
    folder: 'signing-secrets',
    // Sends a mail weekly but emits the metric daily. An alarm can evaluate at most seven days, and
    // a week in which daylight saving ends is one hour longer.
    schedule: 'cron(0 8 * * ? *)',
    timezone: 'Australia/Sydney',
    timeoutSeconds: 60,
    maxEventAgeSeconds: 7_200,
    overdueAfterSeconds: 100_800,
    publishes: false,
    listsSecretVersions: true,
    settings: ['STAGE', 'RELIABILITY_PARTNER_EMAIL'],
  },
  {
    name: 'compare-suppressions',
    folder: 'providers/resend',
    // Runs at night, when Resend's rate limit leaves most requests unused.
    schedule: 'cron(30 4 * * ? *)',
    timezone: 'Australia/Sydney',
    timeoutSeconds: 300,
    maxEventAgeSeconds: 7_200,
    overdueAfterSeconds: 100_800,
    publishes: false,
    readsWebhooksKey: true,
    settings: [
      'STAGE',
      'SUPPORT_EMAIL',
      'RELIABILITY_PARTNER_EMAIL',
      'COMPLIANCE_ADVISOR_EMAIL',
      'SUPPRESSION_RULE',
    ],
  },
  {
    name: 'reconcile',
    folder: 'reconciliation',
    schedule: 'rate(15 minutes)',
    // 600 requests to each provider. A run that stops in between is continued by the next one.
    timeoutSeconds: 600,
    maxEventAgeSeconds: 840,
    overdueAfterSeconds: 2_700,
    publishes: false,
    reconciles: true,
    settings: [],
  },
  {
    name: 'check-endpoints',
    folder: 'endpoints',
    schedule: 'rate(1 hour)',
    timeoutSeconds: 60,
    maxEventAgeSeconds: 3_000,
    overdueAfterSeconds: 10_800,
    publishes: false,
    checksEndpoints: true,
    settings: ['STAGE'],
  },
  {
    name: 'report-backlog',
    folder: 'monitoring',
    schedule: 'rate(5 minutes)',
    timeoutSeconds: 60,
    maxEventAgeSeconds: 240,
    overdueAfterSeconds: 1_200,
    publishes: false,
    settings: [],
  },
] as const satisfies readonly Job[];

/**
 * Key of the queue of mail requests in the setting DELIVERY_QUEUES, which also names the queue of
 * each provider.
 */
export const mailRequestsName = 'notification-requests';

export type JobName = (typeof jobs)[number]['name'];

export const jobNamed = (name: JobName): Job => jobs.find((job) => job.name === name) as Job;
