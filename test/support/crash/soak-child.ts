import { writeSync } from 'node:fs';
import type { SQSRecord } from 'aws-lambda';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { aMuxProcessor, aMuxRecord, type MuxBody } from '../processor.ts';
import { aReadyEvent } from './ready-events.ts';

/**
 * Delivers the event of every asset in shuffled batches with duplicates, until all are
 * acknowledged.
 */
export interface SoakOrder {
  readonly url: string;
  readonly assets: readonly string[];
  readonly seed: number;
}

const BATCH = 10;
const { url, assets, seed } = JSON.parse(process.argv[2] ?? '') as SoakOrder;
const pool = openDatabase({ url, connections: 2, applicationName: 'soak-child' });
const processor = aMuxProcessor(pool);
let state = seed;

/** Uses the generator of Numerical Recipes, so that a failing order can be repeated by its seed. */
function random(below: number): number {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return Math.floor((state / 2 ** 32) * below);
}

const queue = assets
  .map((asset) => ({ asset, place: random(2 ** 31) }))
  .sort((one, other) => one.place - other.place)
  .map(({ asset }) => aMuxRecord(aReadyEvent(asset)));

for (let turn = 0; queue.length > 0; turn += 1) {
  const records = queue.splice(0, BATCH);
  const retried = await processor.process([
    ...records,
    ...duplicatesOf(records),
    ...(turn % 3 === 0 ? [contradictoryRecord()] : []),
  ]);
  queue.push(...records.filter(({ messageId }) => retried.includes(messageId)));
  if (turn === 0) writeSync(1, '@started\n');
}
await pool.end();

function duplicatesOf(records: readonly SQSRecord[]): SQSRecord[] {
  return records
    .filter(() => random(5) === 0)
    .map((record) => ({ ...record, messageId: `${record.messageId}-again` }));
}

/** Returns an event that contradicts a known asset, so that its batch is applied one by one. */
function contradictoryRecord(): SQSRecord {
  const event = aReadyEvent(assets[0] ?? '');
  const body: MuxBody = { ...event, id: 'poison', data: { ...event.data, id: 'somebody-elses' } };
  return aMuxRecord(body);
}
