import { afterEach, describe, expect, test } from '@jest/globals';
import { addEventFault, removeEventFaults } from '../../../local/rehearsal/event-faults.ts';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, database, rowsOf } = useMuxAssets();

afterEach(() => removeEventFaults(database.pool));

const ledger = () =>
  rowsOf('select status, attempts, error_code from portal.webhook_events order by id');

async function aFailingEvent(fails: number | undefined) {
  const asset = await anUpload();
  const event = anEvent('video.asset.ready', asset);
  await addEventFault(database.pool, { source: 'mux', eventId: event.id, fails });
  return { asset, record: aMuxRecord(event) };
}

describe('a rehearsed fault', () => {
  test('fails the given number of attempts, and then the event succeeds', async () => {
    const { asset, record } = await aFailingEvent(2);
    const processor = aMuxProcessor(database.pool);

    for (const attempts of [1, 2]) {
      await expect(processor.process([record])).resolves.toEqual([record.messageId]);
      expect(await ledger()).toEqual([{ status: 'failed', attempts, error_code: 'XL001' }]);
    }
    await expect(processor.process([record])).resolves.toEqual([]);

    expect(await ledger()).toEqual([expect.objectContaining({ status: 'processed', attempts: 3 })]);
    expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
  });

  test('exhausts a broken event at once, which a repair and another attempt apply', async () => {
    const { asset, record } = await aFailingEvent(undefined);
    const processor = aMuxProcessor(database.pool);

    await processor.process([record]);
    expect(await ledger()).toEqual([{ status: 'exhausted', attempts: 1, error_code: '22023' }]);

    expect(await removeEventFaults(database.pool)).toEqual([
      { source: 'mux', eventId: expect.any(String) },
    ]);
    await processor.process([record]);
    expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
  });

  test('fails no other event of the same batch', async () => {
    const { record } = await aFailingEvent(1);
    const other = aMuxRecord(anEvent('video.asset.ready', await anUpload()));

    await expect(aMuxProcessor(database.pool).process([record, other])).resolves.toEqual([
      record.messageId,
    ]);
  });

  test('leaves nothing behind after the repair', async () => {
    await aFailingEvent(1);
    await removeEventFaults(database.pool);

    expect(await removeEventFaults(database.pool)).toEqual([]);
    expect(await rowsOf(`select 1 from pg_namespace where nspname = 'rehearsal'`)).toEqual([]);
  });
});
