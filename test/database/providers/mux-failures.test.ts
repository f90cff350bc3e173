import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { aMuxProcessor, aMuxRecord, aRecord, type MuxBody } from '../../support/processor.ts';
import { anEvent, type UploadedAsset, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, database, rowsOf } = useMuxAssets();

describe('a batch with an event that cannot be applied', () => {
  test('applies the others, records that event as exhausted and retries nothing', async () => {
    const assets = await Promise.all(Array.from({ length: 9 }, () => anUpload()));
    const contradictory = anEvent('video.asset.ready', {
      ...(assets[0] as UploadedAsset),
      assetId: 'somebody-elses',
    });
    const events = assets.map((asset) => anEvent('video.asset.ready', asset));
    const processor = aMuxProcessor(database.pool);
    await processor.process([aMuxRecord(events[0] as MuxBody)]);

    const retried = await processor.process(
      [...events.slice(1), contradictory].map((event) => aMuxRecord(event)),
    );

    expect(retried).toEqual([]);
    expect(await rowsOf(`select count(*)::int from portal.assets where status = 'ready'`)).toEqual([
      { count: 9 },
    ]);
    expect(
      await rowsOf(
        `select event_id, status, error_code, body from portal.webhook_events
         where status <> 'processed'`,
      ),
    ).toEqual([
      {
        event_id: contradictory.id,
        status: 'exhausted',
        error_code: 'contradictory-film',
        body: JSON.stringify(contradictory),
      },
    ]);
  });

  test('retries only the event that needs the unreadable key and records its error', async () => {
    const [asset, other] = [await anUpload(), await anUpload()];
    const processor = aMuxProcessor(database.pool, {
      readKey: () => Promise.reject(new Error('no key for u@example.org')),
    });
    const records = [
      aMuxRecord(anEvent('video.asset.ready', asset)),
      aMuxRecord(anEvent('video.asset.created', other)),
    ];

    const retried = await processor.process(records);

    expect(retried).toEqual([records[0]?.messageId]);
    expect(await assetOf(asset)).toMatchObject({ status: 'awaiting-upload' });
    expect(await assetOf(other)).toMatchObject({ status: 'processing' });
    const [failed] = await rowsOf(`select * from portal.webhook_events where status = 'failed'`);
    expect(failed).toMatchObject({ attempts: 1, error_code: 'playback-key-unusable' });
    expect(failed.error_message).toMatch(/^no key for \*\*\*@example\.org\n\s+at /);
  });

  test('applies a failed event once it succeeds and updates the ledger', async () => {
    const asset = await anUpload();
    const event = anEvent('video.asset.ready', asset);
    const broken = aMuxProcessor(database.pool, {
      readKey: () => Promise.reject(new Error('no key')),
    });
    await broken.process([aMuxRecord(event)]);
    await broken.process([aMuxRecord(event)]);

    await aMuxProcessor(database.pool).process([aMuxRecord(event)]);

    expect(await rowsOf('select status, attempts from portal.webhook_events')).toEqual([
      { status: 'processed', attempts: 3 },
    ]);
    expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
  });

  test('retries the events for which no time is left', async () => {
    const asset = await anUpload();
    const records = [
      aMuxRecord(anEvent('video.asset.errored', asset)),
      aMuxRecord(anEvent('video.asset.ready', { ...asset, assetId: 'another' })),
    ];

    const retried = await aMuxProcessor(database.pool, { remainingMs: 1_000 }).process(records);

    expect(retried).toEqual(records.map(({ messageId }) => messageId));
  });
});

test('retries a message that is no envelope until it becomes a dead letter', async () => {
  const record = aRecord('{}', { provider: 'mux' });

  await expect(aMuxProcessor(database.pool).process([record])).resolves.toEqual([record.messageId]);
});

test('keeps the outbox entries of an applied event while the bus is down', async () => {
  const asset = await anUpload();

  await expect(
    aMuxProcessor(database.pool, { busIsDown: true }).process([
      aMuxRecord(anEvent('video.asset.ready', asset)),
    ]),
  ).resolves.toEqual([]);

  expect(await rowsOf('select published_at, attempts, last_error from portal.outbox')).toEqual([
    { published_at: null, attempts: 1, last_error: 'down' },
    { published_at: null, attempts: 1, last_error: 'down' },
  ]);
});

test('postpones the whole batch after one attempt while Postgres is unavailable', async () => {
  const nowhere = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
  let attempts = 0;
  const connect = nowhere.connect.bind(nowhere) as () => Promise<pg.PoolClient>;
  nowhere.connect = (async () => {
    attempts += 1;
    return connect();
  }) as typeof nowhere.connect;
  const asset = await anUpload();
  const records = [
    aMuxRecord(anEvent('video.asset.ready', asset)),
    aMuxRecord(anEvent('video.asset.created', asset)),
  ];

  const processor = aMuxProcessor(nowhere);
  await expect(processor.process(records)).resolves.toEqual([]);
  expect(processor.copies).toHaveLength(2);
  expect(attempts).toBe(1);
});
