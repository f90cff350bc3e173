import { afterEach, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { redriveDeadLetters } from '../../../lambdas/webhooks/retry/dead-letters.ts';
import { aMuxProcessor, aMuxRecord, type TestProcessor } from '../../support/processor.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';
import { makeRedriveFixture } from '../../support/webhooks/dead-letter-queue.ts';
import { failStatements } from '../../support/webhooks/failing-table.ts';

const { anUpload, assetOf, database, rowsOf } = useMuxAssets();
const { aRedrive } = makeRedriveFixture(database, () => new Date());
let repair: () => Promise<unknown> = async () => {};

afterEach(() => repair());

// Twelve hours of redrives every five minutes would be 144; far more than MAX_REDRIVES is enough.
const RUNS = 7;

/** Fails three receives and redrives the dead letter, again and again. */
async function failAllNight(processor: TestProcessor, record: SQSRecord): Promise<void> {
  for (let run = 1; run <= RUNS; run += 1) {
    for (let receive = 1; receive <= 3; receive += 1)
      await expect(processor.process([record])).resolves.toEqual([record.messageId]);
    await expect(redriveDeadLetters(aRedrive([record]).deps)).resolves.toMatchObject({
      redriven: 1,
    });
  }
}

const ledger = () => rowsOf('select status, error_code from portal.webhook_events');

test('applies an event after a night of a full disk', async () => {
  const asset = await anUpload();
  const record = aMuxRecord(anEvent('video.asset.ready', asset));
  const processor = aMuxProcessor(database.pool);
  repair = await failStatements(database.pool, 'portal.asset_events', '53100');

  await failAllNight(processor, record);
  expect(await ledger()).toEqual([{ status: 'failed', error_code: '53100' }]);

  await repair();
  await expect(processor.process([record])).resolves.toEqual([]);
  expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
});

test.each([
  ['no JSON', 'not a key'],
  ['a key that is no PEM', JSON.stringify({ keyId: 'k', privateKey: 'bm90IGEga2V5' })],
])('applies an event after a night with a playback key that is %s', async (_, key) => {
  const asset = await anUpload();
  const record = aMuxRecord(anEvent('video.asset.ready', asset));

  await failAllNight(aMuxProcessor(database.pool, { readKey: async () => key }), record);
  expect(await ledger()).toEqual([{ status: 'failed', error_code: 'playback-key-unusable' }]);

  await expect(aMuxProcessor(database.pool).process([record])).resolves.toEqual([]);
  expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
});

test('ends an event whose content Postgres rejects at the first attempt', async () => {
  const record = aMuxRecord(anEvent('video.asset.ready', await anUpload()));
  repair = await failStatements(database.pool, 'portal.asset_events', '22001');

  await expect(aMuxProcessor(database.pool).process([record])).resolves.toEqual([]);

  expect(await rowsOf('select status, attempts, error_code from portal.webhook_events')).toEqual([
    { status: 'exhausted', attempts: 1, error_code: '22001' },
  ]);
});
