import type { StageConfig } from '../../../lib/config.ts';

export interface Limit {
  /** Metrics in the order of the alarm, each with its statistic. */
  readonly metrics: readonly string[];
  readonly threshold: number | ((config: StageConfig) => number);
  readonly minutes?: number;
  /** Datapoints to alarm, of evaluation periods. @default [1, 1] */
  readonly of?: readonly [datapointsToAlarm: number, evaluationPeriods: number];
  readonly pages: boolean;
}

const visible = 'ApproximateNumberOfMessagesVisible Maximum';
const queued = [visible, 'ApproximateNumberOfMessagesNotVisible Maximum'];

/**
 * States when each alarm begins and if it pages, by runbook section. Everything that pages is here.
 */
export const limits: Readonly<Record<string, Limit>> = {
  'verifier-failing': {
    metrics: ['5xx Sum', 'Throttles Sum'],
    threshold: 2,
    minutes: 15,
    pages: true,
  },
  'slow-acknowledgement': {
    metrics: ['Latency p99'],
    threshold: 3_000,
    minutes: 5,
    of: [2, 3],
    pages: false,
  },
  'api-throttling': {
    metrics: ['4xx Sum', 'Rejected Sum'],
    threshold: 20,
    minutes: 5,
    of: [3, 3],
    pages: false,
  },
  'rejected-deliveries': {
    metrics: ['Rejected Sum'],
    threshold: ({ alarms: { rejectedInQuarterHour } }) => rejectedInQuarterHour,
    minutes: 15,
    pages: false,
  },
  'failure-rate': {
    metrics: ['Succeeded Sum', 'Failed Sum', 'AcceptFailed Sum', 'Errors Sum', 'Errors Sum'],
    threshold: 2,
    minutes: 10,
    pages: true,
  },
  'old-messages': {
    metrics: ['ApproximateAgeOfOldestMessage Maximum', 'PostponedAgeMs Maximum'],
    threshold: 600,
    minutes: 5,
    of: [2, 2],
    pages: true,
  },
  'database-unavailable': {
    metrics: ['Postponed Sum'],
    threshold: 0,
    minutes: 1,
    of: [3, 3],
    pages: true,
  },
  'dead-letters': { metrics: queued, threshold: 10, minutes: 5, pages: true },
  'exhausted-events': { metrics: ['Exhausted Sum'], threshold: 0, minutes: 5, pages: true },
  'missing-traffic': {
    metrics: ['Accepted Sum', 'MissingTrafficSeconds Maximum'],
    threshold: ({ alarms: { missingTrafficMinutes } }) => missingTrafficMinutes * 60,
    minutes: 15,
    pages: true,
  },
  'endpoint-faults': {
    metrics: ['EndpointFaults Sum'],
    threshold: 0,
    minutes: 60,
    pages: true,
  },
  'missed-events': {
    metrics: ['MissedEventsRecovered Sum'],
    threshold: 0,
    minutes: 15,
    pages: false,
  },
  'secret-age': {
    metrics: ['SecretAgeSeconds Maximum'],
    threshold: 15_552_000,
    minutes: 1_440,
    of: [1, 2],
    pages: false,
  },
  'outbox-backlog': {
    metrics: ['OutboxAgeSeconds Maximum'],
    threshold: 300,
    minutes: 5,
    of: [2, 3],
    pages: true,
  },
  'outbox-set-aside': {
    metrics: ['OutboxSetAside Maximum'],
    threshold: 0,
    minutes: 5,
    pages: true,
  },
  'notification-dead-letters': { metrics: queued, threshold: 0, minutes: 5, pages: true },
  'old-notifications': {
    metrics: ['ApproximateAgeOfOldestMessage Maximum', 'MailAgeSeconds Maximum'],
    threshold: 1_800,
    minutes: 5,
    of: [2, 2],
    pages: true,
  },
  'sender-crashing': { metrics: ['Errors Sum'], threshold: 2, minutes: 15, pages: true },
  'operational-mails-suppressed': {
    metrics: ['OperationalMailsSuppressed Sum'],
    threshold: 0,
    minutes: 5,
    pages: true,
  },
  'residency-violation': {
    metrics: ['ResidencyViolations Sum'],
    threshold: 0,
    minutes: 1_440,
    of: [1, 7],
    pages: false,
  },
  'residency-not-established': {
    metrics: ['RegionsNotEstablished Sum'],
    threshold: 0,
    minutes: 1_440,
    of: [1, 7],
    pages: false,
  },
  'suppression-differences': {
    metrics: ['SuppressionDifferences Sum'],
    threshold: 0,
    minutes: 1_440,
    of: [2, 2],
    pages: false,
  },
  'mails-failing': { metrics: ['Mails Sum'], threshold: 4, minutes: 60, pages: false },
  // The period depends on the job.
  'job-failing': { metrics: ['Errors Sum'], threshold: 2, pages: true },
  'missed-runs': { metrics: [visible], threshold: 0, minutes: 5, pages: true },
  'on-call-undelivered': {
    metrics: ['NumberOfNotificationsFailed Sum'],
    threshold: 0,
    minutes: 5,
    pages: true,
  },
  'on-call-dead-letters': { metrics: [visible], threshold: 0, minutes: 5, pages: true },
  'ready-without-playback': {
    metrics: ['ReadyWithoutPlayback Sum'],
    threshold: 0,
    minutes: 5,
    pages: false,
  },
  'secret-reads-failing': {
    metrics: ['SecretReadsFailed Sum'],
    threshold: 0,
    minutes: 5,
    of: [2, 3],
    pages: false,
  },
  'audit-records-missing': {
    metrics: ['AuditRecordsMissing Sum'],
    threshold: 0,
    minutes: 5,
    pages: false,
  },
  'audit-log-changed': {
    metrics: ['AuditProblemsFound Sum'],
    threshold: 0,
    minutes: 1_440,
    of: [1, 7],
    pages: false,
  },
  'foreign-invocations': {
    metrics: ['ForeignInvocations Sum'],
    threshold: 0,
    minutes: 5,
    pages: false,
  },
  'new-version-failing': {
    metrics: ['Errors Sum', 'Invocations Sum', 'AcceptFailed Sum'],
    threshold: 0,
    minutes: 1,
    of: [1, 3],
    pages: false,
  },
};
