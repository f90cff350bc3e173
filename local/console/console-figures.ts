import type pg from 'pg';
import { jobNamed, jobs } from '../../lambdas/catalog/jobs.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { redact } from '../../lambdas/platform/redaction.ts';
import { type EventLine, listEvents } from '../../lambdas/webhooks/event-search.queries.ts';
import type { MetricTally } from '../aws/metric-store.ts';
import { type LocalQueues, queueNameIn } from '../aws/sqs.ts';
import type { Resources } from '../cloudformation/resources.ts';

/** What the console shows; what is not said to be of now is of the time since `startedAt`. */
export interface ConsoleFigures {
  readonly startedAt: Date;
  readonly now: Date;
  readonly pipelines: readonly PipelineFigures[];
  readonly mails: Readonly<Record<string, number>>;
  readonly jobs: readonly JobFigures[];
  /** Failed and exhausted ones, newest first. */
  readonly events: readonly EventLine[];
  readonly more: boolean;
}

export interface PipelineFigures {
  readonly name: string;
  readonly accepted: number;
  readonly rejected: number;
  /** Now, as the last three are. */
  readonly queued: number;
  readonly processed: number;
  readonly ignored: number;
  readonly duplicates: number;
  readonly failed: number;
  readonly deadLetters: number;
  readonly exhausted: number;
  readonly health: HealthFigures;
}

/** Since the start; undefined where there was nothing to judge by. */
export interface HealthFigures {
  /** Of all attempts, as the alarm on the failure rate counts them. */
  readonly successPercent: number | undefined;
  readonly retried: number;
  readonly redriven: number;
  readonly answeredMs: Percentiles | undefined;
  readonly appliedMs: Percentiles | undefined;
}

export type Percentiles = readonly [p50: number, p95: number, p99: number];

export interface JobFigures {
  readonly name: string;
  readonly schedule: string;
  readonly timezone: string;
  /** Newest first. */
  readonly runs: readonly object[];
}

const EVENTS_BY_STATUS = `
  select source, status, count(*)::int as count, count(*) filter (where received_at >= $1::timestamptz)::int as fresh
    from portal.webhook_events
   group by source, status`;

const MAILS = `
  select count(*) filter (where mail_status = 'pending')::int as pending,
         count(*) filter (where mail_status = 'sent' and created_at >= $1::timestamptz)::int as sent,
         count(*) filter (where mail_status = 'suppressed' and created_at >= $1::timestamptz)::int as suppressed,
         count(*) filter (where mail_status = 'failed')::int as failed
    from portal.notifications`;

const LAST_RUNS = `
  select job, json_agg(json_build_object('status', status, 'dueAt', scheduled_at, 'startedAt', started_at,
                       'startedBy', started_by, 'counts', counts, 'error', error) order by started_at desc) as runs
    from (select *, row_number() over (partition by job order by started_at desc) as nth from portal.job_runs) as run
   where nth <= 6
   group by job`;

const LISTED = 50;

export interface FigureSources {
  readonly pool: pg.Pool;
  readonly queues: LocalQueues;
  readonly resources: Resources;
  readonly tally: MetricTally;
  readonly startedAt: Date;
}

export function makeConsoleFigures({ pool, queues, resources, tally, startedAt }: FigureSources) {
  const deadLettersOf = new Map(
    resources.of('AWS::SQS::Queue').map(({ identity, properties: { RedrivePolicy } }) => {
      const deadLetters = RedrivePolicy && queueNameIn(RedrivePolicy.deadLetterTargetArn);
      return [identity.attributes['QueueName'] ?? '', deadLetters] as const;
    }),
  );

  return async function readFigures(): Promise<ConsoleFigures> {
    const [ledger, mails, runs, listed, depths] = await Promise.all([
      pool.query<{ source: string; status: string; count: number; fresh: number }>(
        EVENTS_BY_STATUS,
        [startedAt],
      ),
      pool.query<Record<'pending' | 'sent' | 'suppressed' | 'failed', number>>(MAILS, [startedAt]),
      pool.query<{ job: string; runs: readonly object[] }>(LAST_RUNS),
      listEvents(
        pool,
        { statuses: ['failed', 'exhausted'] },
        { cursor: undefined, limit: LISTED + 1 },
      ),
      depthsOf(),
    ]);
    const inLedger = (provider: string, status: string) =>
      ledger.rows.find((row) => row.source === provider && row.status === status) ?? {
        count: 0,
        fresh: 0,
      };
    return {
      ...{ startedAt, now: new Date() },
      pipelines: providers.map((name) => ({
        name,
        accepted: tally.of(name, 'Accepted'),
        rejected: tally.of(name, 'Rejected') + tally.of(name, 'AcceptFailed'),
        queued: depths(`-${name}-deliveries`).queued,
        processed: inLedger(name, 'processed').fresh,
        ignored: inLedger(name, 'ignored').fresh,
        duplicates: tally.of(name, 'Duplicate'),
        failed: inLedger(name, 'failed').count,
        deadLetters: depths(`-${name}-deliveries`).deadLetters,
        exhausted: inLedger(name, 'exhausted').count,
        health: healthOf(name, tally),
      })),
      mails: describeMails(mails.rows[0], depths('-notification-requests')),
      jobs: jobs.map(({ name }) =>
        describeJob(name, runs.rows.find(({ job }) => job === name)?.runs ?? []),
      ),
      events: redact(listed.slice(0, LISTED)) as readonly EventLine[],
      more: listed.length > LISTED,
    };
  };

  async function depthsOf() {
    const contents = new Map(
      (await queues.contents()).map(({ name, waiting, inFlight }) => [name, waiting + inFlight]),
    );
    return (ending: string) => {
      const [name = '', deadLetters = ''] =
        [...deadLettersOf].find(([one]) => one.endsWith(ending)) ?? [];
      return { queued: contents.get(name) ?? 0, deadLetters: contents.get(deadLetters) ?? 0 };
    };
  }
}

function healthOf(provider: string, tally: MetricTally): HealthFigures {
  const failed = tally.of(provider, 'Failed') + tally.of(provider, 'AcceptFailed');
  const attempts = tally.of(provider, 'Succeeded') + failed;
  return {
    successPercent: attempts === 0 ? undefined : 100 * (1 - failed / attempts),
    retried: tally.of(provider, 'Retried'),
    redriven: tally.of(provider, 'Redriven'),
    answeredMs: percentiles(tally.latest(provider, 'AcceptMs')),
    appliedMs: percentiles(tally.latest(provider, 'AcceptToEffectMs')),
  };
}

export function percentiles(values: readonly number[]): Percentiles | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return sorted.length === 0 ? undefined : [at(0.5), at(0.95), at(0.99)];
}

interface Depths {
  readonly queued: number;
  readonly deadLetters: number;
}

const describeMails = (
  { pending = 0, sent = 0, suppressed = 0, failed = 0 }: Partial<Record<string, number>> = {},
  { queued, deadLetters }: Depths,
) => ({
  'In queue, now': queued,
  'Not sent yet, now': pending,
  'Sent, since start': sent,
  'Suppressed, since start': suppressed,
  'Failed, now': failed,
  'Dead letters, now': deadLetters,
});

function describeJob(name: (typeof jobs)[number]['name'], runs: readonly object[]): JobFigures {
  const { schedule, timezone = 'UTC' } = jobNamed(name);
  return { name, schedule, timezone, runs: redact(runs) as readonly object[] };
}
