import type { MetricName } from '../../catalog/metric-values.ts';
import { retryFailedMails } from '../../notifications/retry-failed-mails.ts';
import type { ProviderQueues } from '../../platform/aws/redrivable-queues.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { redriveDeadLetters, takenLetters } from './dead-letters.ts';
import { redriveOrphans } from './orphans.ts';
import type { RunPart } from './run-parts.ts';

/** Adds to a count of the run. Called after each round, so that a failure keeps the counts. */
export type AddCount = (name: MetricName<'jobs'>, count: number) => void;

export interface PartDeps {
  readonly pool: GetPool;
  readonly now: Clock;
  readonly startedAt: Date;
  readonly add: AddCount;
}

/** Limits what one provider's queue receives in five minutes after an outage. */
export const REDRIVES_PER_RUN = 2_000;

// A round moves ten messages through SQS and Postgres. This is several times its duration when both
// are slow.
const ROUND_MS = 15_000;

const ORPHANS_PER_ROUND = 10;
const ORPHANS_PER_RUN = 500;

// Longest time between two updates of a row whose message still exists: three receives with their
// delays, then five minutes until the dead letters are redriven. In a longer backlog an event is
// sent twice and applied once.
const ORPHANED_AFTER_MS = 60 * 60_000;

/** One round of work. Returns the number of items that it took; 0 ends the part. */
type Round = () => Promise<number>;

/** Repeats a round until nothing is left, `limit` items were taken or the time is up. */
function makePart(name: string, limit: number, round: Round): RunPart {
  let taken = 0;
  return {
    name,
    async run(remainingMs) {
      while (taken < limit && remainingMs() > ROUND_MS) {
        const count = await round();
        if (count === 0) return false;
        taken += count;
      }
      return taken < limit;
    },
  };
}

export const deadLettersPart = (
  { pool, now, startedAt, add }: PartDeps,
  provider: string,
  { deadLetters, enqueue }: ProviderQueues,
): RunPart =>
  makePart(`dead letters of ${provider}`, REDRIVES_PER_RUN, async () => {
    const counts = await redriveDeadLetters({
      provider,
      deadLetters,
      enqueue,
      pool,
      startedAt,
      now,
    });
    if (counts === undefined) return 0;
    add('Redriven', counts.redriven);
    add('Exhausted', counts.exhausted);
    add('DeadLettersDiscarded', counts.discarded);
    const taken = takenLetters(counts);
    // The queue accepts no message. The dead letters stay invisible until the next run.
    return counts.rejected === taken ? 0 : taken;
  });

export const orphansPart = (
  { pool, now, startedAt, add }: PartDeps,
  provider: string,
  { enqueue }: ProviderQueues,
): RunPart => {
  const updatedBefore = new Date(startedAt.getTime() - ORPHANED_AFTER_MS);
  const selection = { updatedBefore, limit: ORPHANS_PER_ROUND, sources: [provider] };
  return makePart(`orphaned events of ${provider}`, ORPHANS_PER_RUN, async () => {
    const { redriven, exhausted, rejected } = await redriveOrphans(
      { pool, enqueue, now },
      selection,
    );
    add('OrphansRedriven', redriven);
    add('Exhausted', exhausted);
    // The rejected events are the oldest orphans again, so a further round would take them again.
    return rejected > 0 ? 0 : redriven + exhausted;
  });
};

export const mailsPart = (
  { pool, now, startedAt, add }: PartDeps,
  requests: ProviderQueues,
): RunPart =>
  makePart('mail requests', REDRIVES_PER_RUN, async () => {
    const counts = await retryFailedMails({ requests, pool, now }, startedAt);
    if (counts === undefined) return 0;
    add('MailsRedriven', counts.redriven);
    add('MailsAbandoned', counts.abandoned);
    return counts.redriven + counts.abandoned + counts.discarded;
  });
