import type { Setting } from './settings.ts';

/**
 * What runs on a schedule. To add a job: write `<name>.handler.ts` in this folder and add a line here.
 * Schedules, functions, dead letters and local mode follow from this list.
 */
export const jobs = [
  {
    name: 'relay-outbox',
    folder: 'outbox',
    schedule: 'rate(1 minute)',
    timeoutSeconds: 50,
    giveUpAfterSeconds: 60,
    overdueAfterSeconds: 300,
    publishes: true,
    settings: [],
  },
  {
    name: 'retry-failed-webhooks',
    folder: 'webhooks/retry',
    schedule: 'rate(5 minutes)',
    timeoutSeconds: 240,
    giveUpAfterSeconds: 300,
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
    giveUpAfterSeconds: 840,
    overdueAfterSeconds: 2_700,
    publishes: false,
    settings: ['SHARE_LINK_DIGEST'],
  },
  {
    name: 'clean-up-invitations',
    folder: 'invitations',
    schedule: 'rate(1 hour)',
    timeoutSeconds: 120,
    giveUpAfterSeconds: 3_000,
    overdueAfterSeconds: 10_800,
    publishes: false,
    settings: ['STAGE'],
  },
  {
    name: 'prune',
    folder: 'retention',
    // When the fewest people are about.
    schedule: 'cron(30 3 * * ? *)',
    timezone: 'Australia/Sydney',
    timeoutSeconds: 600,
    giveUpAfterSeconds: 7_200,
    overdueAfterSeconds: 100_800,
    publishes: false,
    settings: ['RETENTION_DAYS'],
  },
  {
    name: 'report-residency',
    folder: 'residency',
    // Before the working week begins, for the week that has just ended.
    schedule: 'cron(0 7 ? * MON *)',
    timezone: 'Australia/Sydney',
    timeoutSeconds: 300,
    giveUpAfterSeconds: 21_600,
    overdueAfterSeconds: 637_200,
    publishes: false,
    keepsEvidence: true,
    settings: ['STAGE', 'COMPLIANCE_ADVISOR_EMAIL', 'ALLOWED_REGIONS', 'RETENTION_DAYS'],
  },
  {
    name: 'check-secret-ages',
    folder: 'signing-secrets',
    // Its mail is weekly. Its metric cannot be: CloudWatch looks back seven days at most, and a week in which clocks go
    // back is an hour longer.
    schedule: 'cron(0 8 * * ? *)',
    timezone: 'Australia/Sydney',
    timeoutSeconds: 60,
    giveUpAfterSeconds: 7_200,
    overdueAfterSeconds: 100_800,
    publishes: false,
    watchesSecrets: true,
    settings: ['STAGE', 'RELIABILITY_PARTNER_EMAIL'],
  },
  {
    name: 'report-backlog',
    folder: 'monitoring',
    schedule: 'rate(5 minutes)',
    timeoutSeconds: 60,
    giveUpAfterSeconds: 240,
    overdueAfterSeconds: 1_200,
    publishes: false,
    settings: [],
  },
] as const satisfies readonly Job[];

/** What a job that redrives calls the queue of notifications to be mailed, beside those of the providers. */
export const mailRequestsName = 'notification-requests';

export interface Job {
  readonly name: string;
  /** Folder under `lambdas/` that holds `<name>.handler.ts`. */
  readonly folder: string;
  /** EventBridge Scheduler's own syntax; a wall-clock `cron()` is read in `timezone`, UTC where none is given. */
  readonly schedule: string;
  readonly timezone?: string;
  readonly timeoutSeconds: number;
  /** No run starts later than this: the next one does its work. Scheduler and Lambda take 60 at least. */
  readonly giveUpAfterSeconds: number;
  /** Somebody is told when its last success is older: the longest pause of its schedule, a late start, and some more. */
  readonly overdueAfterSeconds: number;
  /** True where the job puts domain events on the bus. */
  readonly publishes: boolean;
  /** True where it moves messages between the providers' queues and their dead letters. */
  readonly redrives?: true;
  /** True where it writes evidence that is locked for years. */
  readonly keepsEvidence?: true;
  /** True where it asks how old the providers' signing secrets are; it sees no value of theirs. */
  readonly watchesSecrets?: true;
  /** What it has to know of its stage. */
  readonly settings: readonly Setting[];
}

export type JobName = (typeof jobs)[number]['name'];

/** Returns the path of the job's handler under `lambdas/`. */
export const jobEntry = ({ folder, name }: Job): string => `${folder}/${name}.handler.ts`;

export const jobNamed = (name: JobName): Job => jobs.find((job) => job.name === name) as Job;
