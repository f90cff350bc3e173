import type pg from 'pg';
import { jobNamed, jobs } from '../../lambdas/catalog/jobs.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { redact } from '../../lambdas/platform/redaction.ts';
import { type EventLine, listEvents } from '../../lambdas/webhooks/event-search.queries.ts';
import type { MetricStore } from '../aws/metric-store.ts';
import { type LocalQueues, queueNameIn } from '../aws/sqs.ts';
import type { Resources } from '../cloudformation/resources.ts';
import {
  countEventsByStatus,
  countMailsByStatus,
  type EventCount,
  listLatestRuns,
  type MailCounts,
} from './console-figures.queries.ts';
import { type HealthFigures, healthOf } from './health-figures.ts';

/** Figures of the console page, counted since `startedAt` unless a field states another period. */
export interface ConsoleFigures {
  readonly startedAt: Date;
  readonly now: Date;
  readonly pipelines: readonly PipelineFigures[];
  readonly mails: Readonly<Record<string, number>>;
  readonly jobs: readonly JobFigures[];
  /** Failed and exhausted events, newest first. */
  readonly events: readonly EventLine[];
  /** True if more events failed than are listed. */
  readonly more: boolean;
}

export interface PipelineFigures {
  readonly name: string;
  readonly accepted: number;
  readonly rejected: number;
  /** Present number of messages. */
  readonly queued: number;
  readonly processed: number;
  readonly ignored: number;
  readonly duplicates: number;
  /** Present number of events. */
  readonly failed: number;
  /** Present number of messages. */
  readonly deadLetters: number;
  /** Present number of events. */
  readonly exhausted: number;
  readonly health: HealthFigures;
}

export interface JobFigures {
  readonly name: string;
  readonly schedule: string;
  readonly timezone: string;
  /** Newest first. */
  readonly runs: readonly object[];
}

const LISTED_EVENTS = 50;

export interface ConsoleFiguresDeps {
  readonly pool: pg.Pool;
  readonly queues: LocalQueues;
  readonly resources: Resources;
  readonly metrics: MetricStore;
  readonly startedAt: Date;
}

export function makeConsoleFigures({
  pool,
  queues,
  resources,
  metrics,
  startedAt,
}: ConsoleFiguresDeps): () => Promise<ConsoleFigures> {
  const readDepths = makeReadDepths(queues, resources);
  return async function readFigures() {
    const [eventCounts, mailCounts, latestRuns, listed, depthsOf] = await Promise.all([
      countEventsByStatus(pool, startedAt),
      countMailsByStatus(pool, startedAt),
      listLatestRuns(pool),
      listEvents(
        pool,
        { statuses: ['failed', 'exhausted'] },
        { cursor: undefined, limit: LISTED_EVENTS + 1 },
      ),
      readDepths(),
    ]);
    return {
      startedAt,
      now: new Date(),
      pipelines: providers.map((name) =>
        pipelineFigures(name, metrics, eventCounts, depthsOf(`-${name}-deliveries`)),
      ),
      mails: mailFigures(mailCounts, depthsOf('-notification-requests')),
      jobs: jobs.map(({ name }) =>
        jobFigures(name, latestRuns.find(({ job }) => job === name)?.runs ?? []),
      ),
      events: redact(listed.slice(0, LISTED_EVENTS)) as readonly EventLine[],
      more: listed.length > LISTED_EVENTS,
    };
  };
}

interface QueueDepths {
  readonly queued: number;
  readonly deadLetters: number;
}

/** Returns a reader of the depths of a queue and its dead-letter queue, by the end of its name. */
function makeReadDepths(queues: LocalQueues, resources: Resources) {
  const deadLetterQueues = new Map(
    resources.ofType('AWS::SQS::Queue').map(({ identity, properties: { RedrivePolicy } }) => {
      const deadLetterQueue = RedrivePolicy && queueNameIn(RedrivePolicy.deadLetterTargetArn);
      return [identity.attributes['QueueName'] ?? '', deadLetterQueue] as const;
    }),
  );
  return async () => {
    const contents = new Map(
      (await queues.contents()).map(({ name, waiting, inFlight }) => [name, waiting + inFlight]),
    );
    return (nameEnding: string): QueueDepths => {
      const [queue = '', deadLetterQueue = ''] =
        [...deadLetterQueues].find(([name]) => name.endsWith(nameEnding)) ?? [];
      return {
        queued: contents.get(queue) ?? 0,
        deadLetters: contents.get(deadLetterQueue) ?? 0,
      };
    };
  };
}

function pipelineFigures(
  name: string,
  metrics: MetricStore,
  eventCounts: readonly EventCount[],
  { queued, deadLetters }: QueueDepths,
): PipelineFigures {
  const countOf = (status: string) =>
    eventCounts.find((row) => row.source === name && row.status === status);
  return {
    name,
    accepted: metrics.sum(name, 'Accepted'),
    rejected: metrics.sum(name, 'Rejected') + metrics.sum(name, 'AcceptFailed'),
    queued,
    processed: countOf('processed')?.since_start ?? 0,
    ignored: countOf('ignored')?.since_start ?? 0,
    duplicates: metrics.sum(name, 'Duplicate'),
    failed: countOf('failed')?.count ?? 0,
    deadLetters,
    exhausted: countOf('exhausted')?.count ?? 0,
    health: healthOf(name, metrics),
  };
}

const mailFigures = (
  { pending, sent, suppressed, failed }: MailCounts,
  { queued, deadLetters }: QueueDepths,
) => ({
  'In queue, now': queued,
  'Not sent yet, now': pending,
  'Sent, since start': sent,
  'Suppressed, since start': suppressed,
  'Failed, now': failed,
  'Dead letters, now': deadLetters,
});

function jobFigures(name: (typeof jobs)[number]['name'], runs: readonly object[]): JobFigures {
  const { schedule, timezone = 'UTC' } = jobNamed(name);
  return { name, schedule, timezone, runs: redact(runs) as readonly object[] };
}
