import type { JobCounts, RunningJob } from '../../jobs/run-job.ts';
import { retryFailedMails } from '../../notifications/retry-failed-mails.ts';
import type { ProviderQueues } from '../../platform/aws/redrivable-queues.ts';
import { emitMetrics } from '../../platform/logger.ts';
import { type DeadLetterCounts, redriveDeadLetters } from './dead-letters.ts';
import { type EscalateDeps, escalateExhausted } from './escalate-exhausted.ts';
import { type OrphanCounts, redriveOrphans } from './orphans.ts';

export interface RetryDeps extends EscalateDeps {
  readonly queues: Readonly<Record<string, ProviderQueues>>;
  /** Queues of the requests to mail a notification. */
  readonly mailRequests: ProviderQueues | undefined;
}

/** Limits what one provider's queue receives in five minutes after an outage. */
export const REDRIVES_PER_RUN = 2_000;

// A round moves ten messages through SQS and Postgres. This is several times its duration when both
// are slow.
const ROUND_MS = 15_000;

const ORPHANS_PER_ROUND = 10;
const ORPHANS_PER_RUN = 500;
const ESCALATED_PER_RUN = 500;

// Longest time between two updates of a row whose message still exists: three receives with their
// delays, then five minutes until the dead letters are redriven. In a longer backlog an event is
// sent twice and applied once.
const ORPHANED_AFTER_MS = 60 * 60_000;

/**
 * Redrives failed events and mail requests, exhausts events without redrives left, and escalates
 * exhausted events. Two runs may overlap: SQS gives a message to one of them, and Postgres locks
 * each row.
 */
export function makeRetryFailedWebhooks(deps: RetryDeps) {
  return async function retryFailedWebhooks(job: RunningJob): Promise<JobCounts> {
    const startedAt = deps.now();
    const counts = {
      Redriven: 0,
      Exhausted: 0,
      DeadLettersDiscarded: 0,
      OrphansRedriven: 0,
      MailsRedriven: 0,
      MailsAbandoned: 0,
      Escalated: 0,
    } satisfies JobCounts;
    for (const [provider, queues] of Object.entries(deps.queues)) {
      const letters = await retryDeadLetters(deps, provider, queues, startedAt, job);
      const orphans = await retryOrphans(deps, provider, queues, job);
      const exhausted = letters.exhausted + orphans.exhausted;
      counts.Redriven += letters.redriven;
      counts.DeadLettersDiscarded += letters.discarded;
      counts.OrphansRedriven += orphans.redriven;
      counts.Exhausted += exhausted;
      emitMetrics(
        'redrives',
        { Redriven: letters.redriven + orphans.redriven, Exhausted: exhausted },
        { provider },
      );
    }
    const mails = await retryMails(deps, startedAt, job);
    counts.MailsRedriven = mails.redriven;
    counts.MailsAbandoned = mails.abandoned;
    counts.Escalated = await escalateExhausted(deps, ESCALATED_PER_RUN);
    return counts;
  };
}

async function retryDeadLetters(
  { pool, now }: RetryDeps,
  provider: string,
  { deadLetters, enqueue }: ProviderQueues,
  startedAt: Date,
  { remainingMs }: RunningJob,
): Promise<DeadLetterCounts> {
  const total = { redriven: 0, exhausted: 0, discarded: 0 };
  const deadLetterDeps = { provider, deadLetters, enqueue, pool, startedAt, now };
  while (total.redriven < REDRIVES_PER_RUN && remainingMs() > ROUND_MS) {
    const round = await redriveDeadLetters(deadLetterDeps);
    if (round === undefined) break;
    total.redriven += round.redriven;
    total.exhausted += round.exhausted;
    total.discarded += round.discarded;
    // The queue accepts no message. The dead letters stay invisible until the next run.
    if (round.redriven + round.exhausted + round.discarded === 0) break;
  }
  return total;
}

async function retryOrphans(
  { pool, now }: RetryDeps,
  provider: string,
  { enqueue }: ProviderQueues,
  { remainingMs }: RunningJob,
): Promise<OrphanCounts> {
  const updatedBefore = new Date(now().getTime() - ORPHANED_AFTER_MS);
  const selection = { updatedBefore, limit: ORPHANS_PER_ROUND, sources: [provider] };
  const total = { redriven: 0, exhausted: 0 };
  while (total.redriven < ORPHANS_PER_RUN && remainingMs() > ROUND_MS) {
    const round = await redriveOrphans({ pool, enqueue, now }, selection);
    if (round.redriven + round.exhausted === 0) break;
    total.redriven += round.redriven;
    total.exhausted += round.exhausted;
  }
  return total;
}

async function retryMails(
  { mailRequests, pool, now }: RetryDeps,
  startedAt: Date,
  { remainingMs }: RunningJob,
) {
  const total = { redriven: 0, abandoned: 0 };
  if (mailRequests === undefined) return total;
  while (total.redriven < REDRIVES_PER_RUN && remainingMs() > ROUND_MS) {
    const round = await retryFailedMails({ requests: mailRequests, pool, now }, startedAt);
    if (round === undefined) break;
    total.redriven += round.redriven;
    total.abandoned += round.abandoned;
  }
  return total;
}
