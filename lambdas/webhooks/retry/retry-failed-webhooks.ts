import type { MetricName } from '../../catalog/metric-values.ts';
import { type JobCounts, PartialRunError, type RunningJob } from '../../jobs/run-job.ts';
import type { ProviderQueues } from '../../platform/aws/redrivable-queues.ts';
import { emitMetrics } from '../../platform/logger.ts';
import { type EscalateDeps, escalateExhausted } from './escalate-exhausted.ts';
import { reportWaiting } from './report-waiting.ts';
import { type AddCount, deadLettersPart, mailsPart, orphansPart } from './retry-parts.ts';
import { type FailedPart, type RunPart, runParts } from './run-parts.ts';

export interface RetryDeps extends EscalateDeps {
  readonly queues: Readonly<Record<string, ProviderQueues>>;
  /** Queues of the requests to mail a notification. */
  readonly mailRequests: ProviderQueues | undefined;
}

// One mail tells of all of them. Only identifiers and errors are read, no bodies.
const ESCALATED_PER_RUN = 5_000;
const WAITING_PER_RUN = 500;

/** Time kept for the escalation after all other parts. */
const ESCALATION_MS = 30_000;

/**
 * Redrives failed events and mail requests, exhausts events without redrives left, and escalates
 * exhausted events. Two runs may overlap: SQS gives a message to one of them, and Postgres locks
 * each row. Each part runs by itself, and a failed part fails the run only after all others have
 * run.
 */
export function makeRetryFailedWebhooks(deps: RetryDeps) {
  return async function retryFailedWebhooks({ remainingMs }: RunningJob): Promise<JobCounts> {
    const startedAt = deps.now();
    const counts = emptyCounts();
    const add = addTo(counts);
    const reports = reportParts(deps, add);
    const failed: FailedPart[] = [];
    // Escalates first, so that no other part can use up its time, and again what this run exhausts.
    failed.push(...(await runParts(reports, remainingMs)));
    const tallies = new Map(Object.keys(deps.queues).map((name) => [name, emptyTally()]));
    const parts = Object.entries(deps.queues).flatMap(([provider, queues]) => {
      const partDeps = { ...deps, startedAt, add: addTo(counts, tallies.get(provider)) };
      return [deadLettersPart(partDeps, provider, queues), orphansPart(partDeps, provider, queues)];
    });
    if (deps.mailRequests !== undefined)
      parts.push(mailsPart({ ...deps, startedAt, add }, deps.mailRequests));
    failed.push(...(await runParts(parts, () => remainingMs() - ESCALATION_MS)));
    for (const [provider, tally] of tallies) emitTally(provider, tally);
    if (counts.Exhausted !== 0) failed.push(...(await runParts(reports, remainingMs)));
    add('PartsFailed', failed.length);
    if (failed.length > 0) throw toRunError(failed, counts);
    return counts;
  };
}

type Counts = Partial<Record<MetricName<'jobs'>, number>>;

const emptyCounts = (): Counts => ({
  Redriven: 0,
  Exhausted: 0,
  DeadLettersDiscarded: 0,
  OrphansRedriven: 0,
  MailsRedriven: 0,
  MailsAbandoned: 0,
  Escalated: 0,
  EventsWaiting: 0,
  PartsFailed: 0,
});

const emptyTally = (): Counts => ({});

/** Returns a function that adds to each of the counts. */
const addTo =
  (...all: readonly (Counts | undefined)[]): AddCount =>
  (name, count) => {
    for (const counts of all) if (counts) counts[name] = (counts[name] ?? 0) + count;
  };

function emitTally(
  provider: string,
  { Redriven = 0, OrphansRedriven = 0, Exhausted = 0 }: Counts,
): void {
  emitMetrics('redrives', { Redriven: Redriven + OrphansRedriven, Exhausted }, { provider });
}

function reportParts(deps: RetryDeps, add: AddCount): readonly RunPart[] {
  return [
    {
      name: 'escalation',
      async run() {
        add('Escalated', await escalateExhausted(deps, ESCALATED_PER_RUN));
        return false;
      },
    },
    {
      name: 'waiting events',
      async run() {
        add('EventsWaiting', await reportWaiting(deps, WAITING_PER_RUN));
        return false;
      },
    },
  ];
}

function toRunError(failed: readonly FailedPart[], counts: Counts): PartialRunError {
  const reasons = failed.map(
    ({ name, error }) => `${name}: ${error instanceof Error ? error.message : String(error)}`,
  );
  const errors = failed.map(({ error }) => error);
  return new PartialRunError(errors, `Parts of the run failed. ${reasons.join('; ')}`, counts);
}
