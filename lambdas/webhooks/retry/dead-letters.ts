import { MAX_REDRIVES } from '../../catalog/retry-limits.ts';
import type { Enqueue } from '../../platform/aws/queue-message.ts';
import { receiveOlder } from '../../platform/aws/receive-older.ts';
import type { Queue } from '../../platform/aws/sqs.ts';
import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { causeId } from '../cause-id.ts';
import { type Envelope, toQueueMessage } from '../envelope.ts';
import {
  countRedrives,
  type EventStatus,
  exhaust,
  findEventStatuses,
  uncountRedrives,
} from '../failed-events.queries.ts';
import { isOurFault } from '../failure-kind.ts';
import { PermanentError } from '../failures.ts';
import { toProcessingError } from '../process/failed-event.ts';
import {
  type DeadLetter,
  readDeadLetter,
  toUnreadableLetter,
  withoutRepeats,
} from './read-dead-letter.ts';

export interface DeadLetterDeps {
  readonly provider: string;
  readonly deadLetters: Queue;
  readonly enqueue: Enqueue;
  readonly pool: GetPool;
  /**
   * Start of the run. Messages sent later failed again during the run and wait for the next one.
   */
  readonly startedAt: Date;
  readonly now: Clock;
}

export interface DeadLetterCounts {
  readonly redriven: number;
  readonly exhausted: number;
  readonly discarded: number;
  /** Letters that their queue did not accept. They remain dead letters. */
  readonly rejected: number;
}

/** Number of letters that a run took, which its limit bounds. */
export const takenLetters = ({ redriven, exhausted, discarded, rejected }: DeadLetterCounts) =>
  redriven + exhausted + discarded + rejected;

// Far longer than ten messages need, and shorter than the interval between two runs.
const VISIBILITY_TIMEOUT_SECONDS = 120;

/**
 * Redrives up to ten dead letters. The redrives are counted first, so that an outage of the ledger
 * cannot multiply letters. Each letter is sent to its queue before it is deleted: a crash between
 * the two sends an event twice, and its idempotency key makes the second a duplicate.
 * @param max Number of letters, up to ten.
 * @returns undefined if no dead letter is older than the run.
 * @throws if the ledger is unavailable; the dead letters then stay in their queue.
 */
export async function redriveDeadLetters(
  deps: DeadLetterDeps,
  max = 10,
): Promise<DeadLetterCounts | undefined> {
  const messages = await receiveOlder(deps.deadLetters, deps.startedAt, {
    visibilitySeconds: VISIBILITY_TIMEOUT_SECONDS,
    max,
  });
  if (messages.length === 0) return undefined;
  const letters = withoutRepeats(messages.map((message) => readDeadLetter(deps.provider, message)));
  try {
    return await handleLetters(deps, letters);
  } catch (error) {
    if (!isRejectedByContent(error)) throw error;
    return handleOneByOne(deps, letters);
  }
}

/** Postgres rejected the content of a letter. Only that letter ends as unreadable. */
async function handleOneByOne(
  deps: DeadLetterDeps,
  letters: readonly DeadLetter[],
): Promise<DeadLetterCounts> {
  const total = { redriven: 0, exhausted: 0, discarded: 0, rejected: 0 };
  for (const letter of letters) {
    const counts = await handleLetters(deps, [letter]).catch((error: unknown) => {
      if (!isRejectedByContent(error)) throw error;
      return handleLetters(deps, [toUnreadableLetter(deps.provider, letter, error)]);
    });
    total.redriven += counts.redriven;
    total.exhausted += counts.exhausted;
    total.discarded += counts.discarded;
    total.rejected += counts.rejected;
  }
  return total;
}

const isRejectedByContent = (error: unknown) => toProcessingError(error) instanceof PermanentError;

async function handleLetters(
  deps: DeadLetterDeps,
  letters: readonly DeadLetter[],
): Promise<DeadLetterCounts> {
  const statuses = await findEventStatuses(await deps.pool(), eventsOf(letters));
  const byAction = Map.groupBy(letters, (letter) => actionFor(letter, statuses));
  const redrive = byAction.get('redrive') ?? [];
  const exhausted = byAction.get('exhaust') ?? [];
  const discarded = byAction.get('discard') ?? [];

  await recordDecisions(deps, redrive, exhausted);
  const redriven = await sendBack(deps, redrive);
  const handles = [...redriven, ...exhausted, ...discarded].flatMap((one) => one.receiptHandles);
  await Promise.all(handles.map((handle) => deps.deadLetters.delete(handle)));
  return {
    redriven: redriven.length,
    exhausted: exhausted.length,
    discarded: discarded.length,
    rejected: redrive.length - redriven.length,
  };
}

/** Counts the redrives and exhausts events, before any message is sent or deleted. */
async function recordDecisions(
  { pool, now }: DeadLetterDeps,
  redrive: readonly DeadLetter[],
  exhausted: readonly DeadLetter[],
): Promise<void> {
  await inTransaction(await pool(), async (tx) => {
    await exhaust(tx, eventsOf(exhausted), now());
    await countRedrives(tx, eventsOf(redrive), now());
  });
}

const eventsOf = (letters: readonly DeadLetter[]) => letters.map(({ event }) => event);

type Action = 'redrive' | 'exhaust' | 'discard';

/**
 * Discards the letter of an event or replay that is applied or closed, or that the ledger holds as
 * exhausted with its whole body. A fault of this system never exhausts an event.
 */
function actionFor({ event, envelope }: DeadLetter, statuses: readonly EventStatus[]): Action {
  if (envelope === undefined) return 'exhaust';
  const known = statuses.find(
    ({ source, ...cause }) => source === event.source && causeId(cause) === causeId(event),
  );
  if (known === undefined) return 'redrive';
  if (known.status !== 'failed' && known.status !== 'requested') return 'discard';
  return known.redrives < MAX_REDRIVES || isOurFault(known.errorCode) ? 'redrive' : 'exhaust';
}

/**
 * Returns the letters that the queue accepted. The others remain dead letters until the next run,
 * and their redrive no longer counts.
 */
async function sendBack(
  deps: DeadLetterDeps,
  letters: readonly DeadLetter[],
): Promise<readonly DeadLetter[]> {
  const sent = await Promise.all(letters.map((letter) => sendOne(deps, letter)));
  const rejected = letters.filter((_, index) => sent[index] !== true);
  try {
    await uncountRedrives(await deps.pool(), eventsOf(rejected), deps.now());
  } catch (error) {
    log.warn('Failed to take back the count of redrives', { provider: deps.provider, error });
  }
  return letters.filter((_, index) => sent[index] === true);
}

async function sendOne(
  { provider, enqueue }: DeadLetterDeps,
  { event, envelope }: DeadLetter,
): Promise<boolean> {
  try {
    await enqueue(toQueueMessage(envelope as Envelope));
    return true;
  } catch (error) {
    log.error('Failed to redrive dead letter', { provider, eventId: event.eventId, error });
    return false;
  }
}
