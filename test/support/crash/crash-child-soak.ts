import { writeSync } from 'node:fs';
import type { SQSRecord } from 'aws-lambda';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { aMuxProcessor, aMuxRecord, type MuxBody } from '../processor.ts';
import { aReadyEvent } from './crash-child-events.ts';

/** Delivers every film's event in an order of its own, in batches with duplicates, until all are acknowledged. */
export interface SoakOrder {
  readonly url: string;
  readonly films: readonly string[];
  readonly seed: number;
}

const BATCH = 10;
const { url, films, seed } = JSON.parse(process.argv[2] ?? '') as SoakOrder;
const pool = openDatabase({ url, connections: 2, applicationName: 'crash-child-soak' });
const processor = aMuxProcessor(pool);
let state = seed;

/** Numerical Recipes' generator: an order that a failure can be repeated with. */
function random(below: number): number {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return Math.floor((state / 2 ** 32) * below);
}

const queue = films
  .map((film) => ({ film, place: random(2 ** 31) }))
  .sort((one, other) => one.place - other.place)
  .map(({ film }) => aMuxRecord(aReadyEvent(film)));

for (let turn = 0; queue.length > 0; turn += 1) {
  const records = queue.splice(0, BATCH);
  const again = await processor.process([
    ...records,
    ...duplicatesOf(records),
    ...(turn % 3 === 0 ? [poison()] : []),
  ]);
  queue.push(...records.filter(({ messageId }) => again.includes(messageId)));
  if (turn === 0) writeSync(1, '@started\n');
}
await pool.end();

function duplicatesOf(records: readonly SQSRecord[]): SQSRecord[] {
  return records
    .filter(() => random(5) === 0)
    .map((record) => ({ ...record, messageId: `${record.messageId}-again` }));
}

/** An event that contradicts a film that is known: the batch is taken apart, and the others go one by one. */
function poison(): SQSRecord {
  const event = aReadyEvent(films[0] ?? '');
  const body: MuxBody = { ...event, id: 'poison', data: { ...event.data, id: 'somebody-elses' } };
  return aMuxRecord(body);
}
