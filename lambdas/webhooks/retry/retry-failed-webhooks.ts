import type { JobCounts, RunningJob } from '../../jobs/run-job.ts';
import { retryFailedMails } from '../../notifications/retry-failed-mails.ts';
import { makePublishOutbox } from '../../outbox/publish-outbox.ts';
import type { PublishEvents } from '../../outbox/put-events.ts';
import type { ProviderQueues } from '../../platform/aws/redrivable-queues.ts';
import type { Clock } from '../../platform/clock.ts';
import { emitMetrics } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/idempotency.ts';
import { toQueueMessage } from '../envelope.ts';
import { type DeadLetterDeps, drainSome } from './dead-letters.ts';
import { type EscalationSettings, escalate } from './escalation.ts';
import type { RedriveStore } from './retry-store.ts';

export interface RetryDeps {
  readonly queues: Readonly<Record<string, ProviderQueues>>;
  /** Of requests to mail a notification. */
  readonly mailRequests: ProviderQueues | undefined;
  readonly pool: GetPool;
  readonly store: RedriveStore;
  readonly publish: PublishEvents;
  readonly settings: EscalationSettings;
  readonly now: Clock;
}

/** After an outage the queue gets back no more than this from each provider in five minutes, oldest first. */
export const REDRIVES_PER_RUN = 2_000;

// A round takes ten messages through SQS and Postgres; this is several times what that takes when both are slow.
const ROUND_MS = 15_000;

const STRANDED_PER_ROUND = 10;
const STRANDED_PER_RUN = 500;
const ESCALATED_PER_RUN = 500;

// The longest that a message can be on its way without its row being touched: three receives with their pauses, then
// five minutes until the dead letters are drained. A backlog may be longer; then an event is sent twice and applied once.
const STRANDED_AFTER_MS = 60 * 60_000;

/**
 * Sends back what failed, ends what failed too often, and tells people what has ended.
 * It can be run beside itself: SQS hands a message to one of two, and Postgres a row.
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
      const drained = await drain({ provider, ...queues, ledger: deps.store, startedAt }, job);
      const stranded = await redriveStranded(provider, deps, job);
      counts.Redriven += drained.redriven;
      counts.DeadLettersDiscarded += drained.dropped;
      counts.OrphansRedriven += stranded.redriven;
      const exhausted = drained.exhausted + stranded.exhausted;
      counts.Exhausted += exhausted;
      emitMetrics(
        'redrives',
        { Redriven: drained.redriven + stranded.redriven, Exhausted: exhausted },
        { provider },
      );
    }
    const mails = await retryMails(deps, startedAt, job);
    counts.MailsRedriven = mails.redriven;
    counts.MailsAbandoned = mails.abandoned;
    counts.Escalated = await escalateExhausted(deps);
    return counts;
  };
}

async function drain(deps: DeadLetterDeps, { remainingMs }: RunningJob) {
  const total = { redriven: 0, exhausted: 0, dropped: 0 };
  while (total.redriven < REDRIVES_PER_RUN && remainingMs() > ROUND_MS) {
    const some = await drainSome(deps);
    if (some === undefined) break;
    total.redriven += some.redriven;
    total.exhausted += some.exhausted;
    total.dropped += some.dropped;
    // The queue takes nothing: what it did not take stays hidden until the next run.
    if (some.redriven + some.exhausted + some.dropped === 0) break;
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
    const some = await retryFailedMails({ requests: mailRequests, pool, now }, startedAt);
    if (some === undefined) break;
    total.redriven += some.redriven;
    total.abandoned += some.abandoned;
  }
  return total;
}

async function redriveStranded(
  source: string,
  { queues, store, now }: RetryDeps,
  { remainingMs }: RunningJob,
) {
  const before = new Date(now().getTime() - STRANDED_AFTER_MS);
  const total = { redriven: 0, exhausted: 0 };
  while (total.redriven < STRANDED_PER_RUN && remainingMs() > ROUND_MS) {
    const some = await store.redriveStranded(
      { before, limit: STRANDED_PER_ROUND, sources: [source] },
      async (event) => {
        const { source: provider, eventId, type: eventType, receivedAt, body } = event;
        const envelope = {
          provider,
          eventId,
          eventType,
          receivedAt: receivedAt.toISOString(),
          trace: eventId,
          body,
        };
        await queues[provider]?.enqueue(toQueueMessage(envelope));
      },
    );
    if (some.redriven + some.exhausted === 0) break;
    total.redriven += some.redriven;
    total.exhausted += some.exhausted;
  }
  return total;
}

async function escalateExhausted({ store, publish, settings, now }: RetryDeps): Promise<number> {
  const publishOutbox = makePublishOutbox({ publish, mark: store.markPublished });
  const { events, outbox } = await store.escalate(ESCALATED_PER_RUN, (exhausted) =>
    escalate(exhausted, settings, now()),
  );
  await publishOutbox(outbox);
  return events;
}
