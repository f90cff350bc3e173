import type { Setting } from './settings.ts';

export interface Job {
  readonly name: string;
  /** Folder under `lambdas/` that holds `<name>.handler.ts`. */
  readonly folder: string;
  /** EventBridge Scheduler syntax. `cron()` uses `timezone`, which defaults to UTC. */
  readonly schedule: string;
  readonly timezone?: string;
  readonly timeoutSeconds: number;
  /**
   * Limits how late a run may start; after that the next run does its work. EventBridge Scheduler
   * and Lambda require at least 60.
   */
  readonly maxEventAgeSeconds: number;
  /**
   * Age of the last success that raises the overdue alarm. Covers the longest pause of the
   * schedule, the latest start, the timeout and a margin.
   */
  readonly overdueAfterSeconds: number;
  /** True if the job publishes domain events to the bus. */
  readonly publishes: boolean;
  /** True if the job moves messages from dead-letter queues back to their queues. */
  readonly redrives?: true;
  /** True if the job writes evidence under an object lock of years. */
  readonly writesEvidence?: true;
  /** True if the job signs the audit log, and writes the signed heads under an object lock. */
  readonly signsAuditLog?: true;
  /** True if the job reads the ages of the signing secrets. It cannot read their values. */
  readonly listsSecretVersions?: true;
  /** True if the job calls the API of the provider in its folder with a key of full access. */
  readonly readsWebhooksKey?: true;
  /** True if the job reads the records of the providers, and sends to their queues. */
  readonly reconciles?: true;
  /** True if the job reads the webhooks of this system at the providers. */
  readonly checksEndpoints?: true;
  /** Names of the stage settings that the job receives as environment variables. */
  readonly settings: readonly Setting[];
}

/** Returns the path of the job's handler under `lambdas/`. */
export const jobEntry = ({ folder, name }: Job): string => `${folder}/${name}.handler.ts`;

/**
 * Ages at which Lambda retries an asynchronous call: after one minute, then after two more.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const LAMBDA_RETRY_AGES_SECONDS = [60, 180];

/** Longest interval at which the next run does the work of a failed run soon enough. */
const SOON_SECONDS = 300;

/** Counts the retries that Lambda can start before the run reaches its maximum age. */
export const retryAttempts = ({ maxEventAgeSeconds }: Job): number =>
  LAMBDA_RETRY_AGES_SECONDS.filter((age) => age < maxEventAgeSeconds).length;

/**
 * True if the next run follows within five minutes. A failed run of such a job needs no repair, so
 * it is not kept.
 */
export const runsAgainSoon = ({ schedule }: Job): boolean => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  return unit === 'minute' && Number(count) * 60 <= SOON_SECONDS;
};
