import { markPublished } from '../../outbox/outbox.queries.ts';
import type { PublishResult } from '../../outbox/put-events.ts';
import { type FailedEntry, recordFailed } from '../webhook-events.queries.ts';
import { type ExactlyOnce, type ExactlyOnceSettings, makeExactlyOnce } from './exactly-once.ts';

/** Everything that a processor does to Postgres. */
export interface ProcessorStore<Event> extends ExactlyOnce<Event> {
  /** In a transaction of its own, as that of the event is rolled back. */
  recordFailed(entry: FailedEntry): Promise<void>;
  markPublished(result: PublishResult): Promise<void>;
}

export function makeProcessorStore<Event>(
  settings: ExactlyOnceSettings<Event>,
): ProcessorStore<Event> {
  const { pool, now } = settings;
  return {
    ...makeExactlyOnce(settings),
    recordFailed: async (entry) => recordFailed(await pool(), entry, now()),
    markPublished: async (result) => markPublished(await pool(), result, now()),
  };
}
