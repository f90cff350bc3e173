import type { QueueContents } from '../../local/aws/queue-contents.ts';
import { COUNT_UNFINISHED, EXAMPLES_OF_UNFINISHED } from './soak.queries.ts';
import type { SoakWorld } from './world.ts';

/** Work that the system has not finished. */
export interface Unfinished {
  readonly queues: readonly QueueContents[];
  readonly failedEvents: number;
  readonly unpublished: number;
  readonly pendingMails: number;
  /** Number of invocations that run or wait. */
  readonly invocations: number;
}

/** @returns undefined if Postgres does not answer. */
export async function readUnfinished({ local, query }: SoakWorld): Promise<Unfinished | undefined> {
  try {
    const [tables] =
      await query<Pick<Unfinished, 'failedEvents' | 'unpublished' | 'pendingMails'>>(
        COUNT_UNFINISHED,
      );
    if (tables === undefined) return undefined;
    const contents = await local.queues.contents();
    return {
      ...tables,
      queues: contents.filter(
        ({ name, waiting, inFlight }) => !isMissedRuns(name) && waiting + inFlight > 0,
      ),
      invocations: local.functions.all.reduce((sum, one) => sum + one.busy(), 0),
    };
  } catch {
    return undefined;
  }
}

/**
 * True for the dead-letter queue of a job: a run that failed in all its attempts. The next run of
 * the job does its work, so nothing waits there.
 */
const isMissedRuns = (queueName: string): boolean => queueName.includes('MissedRuns');

export const isFinished = (unfinished: Unfinished): boolean =>
  unfinished.queues.length === 0 &&
  unfinished.failedEvents + unfinished.unpublished + unfinished.pendingMails === 0 &&
  unfinished.invocations === 0;

/** Names each place where work waits, with examples from the tables. */
export async function describeUnfinished(
  { query }: SoakWorld,
  { queues, failedEvents, unpublished, pendingMails }: Unfinished,
): Promise<readonly string[]> {
  const tables = [
    [failedEvents, 'failed events in the ledger'],
    [unpublished, 'domain events not published'],
    [pendingMails, 'mails not sent'],
  ] as const;
  const examples = await query<{ text: string }>(EXAMPLES_OF_UNFINISHED).catch(() => []);
  return [
    ...queues.map(
      ({ name, waiting, inFlight }) => `queue ${name}: ${waiting} waiting, ${inFlight} in flight`,
    ),
    ...tables.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`),
    ...examples.map(({ text }) => text),
  ];
}
