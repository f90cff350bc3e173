import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { type FreezingProxy, startFreezingProxy } from '../../support/postgres/freezing-proxy.ts';
import { aMuxProcessor, aMuxRecord, aRecord } from '../../support/processor.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, database, rowsOf } = useMuxAssets();

let proxy: FreezingProxy;
let pool: pg.Pool;

const openThrough = (url: string) =>
  openDatabase({ url, connections: 1, applicationName: 'outage', queryTimeoutMs: 1_000 });

beforeEach(async () => {
  proxy = await startFreezingProxy(database.url);
  pool = openThrough(proxy.url);
});
afterEach(async () => {
  proxy.stop();
  await pool.end();
});

async function readyRecords(count: number): Promise<readonly SQSRecord[]> {
  const assets = await Promise.all(Array.from({ length: count }, () => anUpload()));
  return assets.map((asset) => aMuxRecord(anEvent('video.asset.ready', asset)));
}

const idsIn = (copies: readonly { attributes: Readonly<Record<string, string>> }[]) =>
  copies.map(({ attributes }) => attributes['eventId']);
const idsOf = (records: readonly SQSRecord[]) =>
  records.map(({ messageAttributes }) => messageAttributes['eventId']?.stringValue);

describe('never lost: while Postgres is unavailable', () => {
  test('a refused connection returns each message as a copy with its attributes', async () => {
    proxy.stop();
    const replay = aMuxRecord(anEvent('video.asset.ready', await anUpload()), {
      replay: 'nonce-1',
    });
    const processor = aMuxProcessor(pool);

    expect(await processor.process([replay])).toEqual([]);

    expect(processor.copies).toEqual([
      {
        body: replay.body,
        attributes: {
          provider: 'mux',
          eventId: replay.messageAttributes['eventId']?.stringValue,
          eventType: 'video.asset.ready',
          receivedAt: '2026-03-01T10:00:01.000Z',
          trace: 'trace-1',
          replay: 'nonce-1',
        },
        delaySeconds: expect.any(Number),
      },
    ]);
    const { delaySeconds = 0 } = processor.copies[0] ?? {};
    expect(delaySeconds).toBeGreaterThanOrEqual(20);
    expect(delaySeconds).toBeLessThanOrEqual(40);
    expect(processor.waits[0]).toBeGreaterThan(3_000);
    expect(processor.visibilityTimeouts.size).toBe(0);
  });

  test('a server that stops answering is tried once for a batch', async () => {
    const processor = aMuxProcessor(pool);
    expect(await processor.process(await readyRecords(1))).toEqual([]);
    const records = await readyRecords(10);
    proxy.freeze();

    expect(await processor.process(records)).toEqual([]);

    expect(idsIn(processor.copies)).toEqual(idsOf(records));
    expect(proxy.connections()).toBe(1);
  });

  test('an event that cannot be read is returned too, without a failure record', async () => {
    const [readable] = await readyRecords(1);
    const unreadable = aMuxRecord(anEvent('video.asset.ready', await anUpload()), { body: '[]' });
    proxy.stop();
    const processor = aMuxProcessor(pool);

    expect(await processor.process([readable as SQSRecord, unreadable])).toEqual([]);

    expect(processor.copies).toHaveLength(2);
    expect(proxy.connections()).toBe(0);
  });

  test('a copy is applied after the outage', async () => {
    const records = await readyRecords(2);
    proxy.stop();
    const away = aMuxProcessor(pool);
    await away.process(records);

    const back = aMuxProcessor(database.pool);
    const copies = away.copies.map(({ body, attributes }) => aRecord(body, attributes));
    expect(await back.process([...copies, ...records])).toEqual([]);

    expect(
      await rowsOf(
        `select count(*)::int from portal.asset_events
          where event_id in ('${idsOf(records).join("','")}')`,
      ),
    ).toEqual([{ count: 2 }]);
  });

  test('a message whose copy cannot be sent returns as failed after the same delay', async () => {
    proxy.stop();
    const [record] = await readyRecords(1);
    const processor = aMuxProcessor(pool, { queueIsDown: true });

    expect(await processor.process([record as SQSRecord])).toEqual([record?.messageId]);

    const [seconds] = [...processor.visibilityTimeouts.values()];
    expect(seconds).toBeGreaterThanOrEqual(20);
  });

  test('a database secret that cannot be read counts as an outage', async () => {
    const [record] = await readyRecords(1);
    const processor = aMuxProcessor(pool, {
      openPool: () => Promise.reject(new Error('The secret has no value.')),
    });

    expect(await processor.process([record as SQSRecord])).toEqual([]);
    expect(processor.copies).toHaveLength(1);
  });
});

describe('a connection that ends amid a batch', () => {
  const uploadIdOf = ({ body }: SQSRecord) => JSON.parse(body).data.upload_id as string;
  const lossesIn = (copies: readonly { attributes: Readonly<Record<string, string>> }[]) =>
    copies.map(({ attributes }) => attributes['connectionLosses']);
  const statusesOf = (records: readonly SQSRecord[]) =>
    rowsOf(
      `select event_id, status, error_code from portal.webhook_events
        where event_id in ('${idsOf(records).join("','")}') order by status`,
    );

  test('returns the batch after one attempt, without a failure record', async () => {
    const records = await readyRecords(3);
    const processor = aMuxProcessor(pool);
    proxy.breakOn(uploadIdOf(records[1] as SQSRecord));

    expect(await processor.process(records)).toEqual([]);

    expect(idsIn(processor.copies)).toEqual(idsOf(records));
    expect(lossesIn(processor.copies)).toEqual(['1', '1', '1']);
    expect(proxy.connections()).toBe(1);
    expect(await statusesOf(records)).toEqual([]);
  });

  test('an event that ends its connection each time delays no other one after three', async () => {
    const records = await readyRecords(2);
    const [crashing, other] = records as [SQSRecord, SQSRecord];
    proxy.breakOn(uploadIdOf(crashing));
    const process = async (batch: readonly SQSRecord[]) => {
      const processor = aMuxProcessor(pool);
      const failed = await processor.process(batch);
      return { failed, ...processor };
    };
    let batch: readonly SQSRecord[] = records;
    for (const losses of ['1', '2', '3']) {
      const { failed, copies } = await process(batch);
      expect(failed).toEqual([]);
      expect(lossesIn(copies)).toEqual([losses, losses]);
      batch = copies.map(({ body, attributes }) => aRecord(body, attributes));
    }

    const { failed, copies } = await process(batch);

    expect(failed).toEqual([batch[0]?.messageId]);
    expect(copies).toEqual([]);
    // The record of the failure contains the same text, so the proxy breaks its connection too.
    expect(await statusesOf(records)).toEqual([
      { event_id: idsOf([other])[0], status: 'processed', error_code: null },
    ]);
  });
});

test('an outage between two events of a batch postpones the rest without an attempt', async () => {
  const records = await readyRecords(3);
  let calls = 0;
  const processor = aMuxProcessor(pool, {
    openPool: async () => {
      calls += 1;
      if (calls === 2) proxy.stop();
      return pool;
    },
    // Fails the transaction of the batch, after which each event is applied by itself.
    readKey: () => Promise.reject(new Error('The key cannot be read.')),
  });

  expect(await processor.process(records)).toEqual([]);

  // The batch, the first event, and the record of its failure.
  expect(calls).toBe(3);
  expect(processor.copies).toHaveLength(3);
});

test('without time for the record, a failed event returns without one', async () => {
  const record = aMuxRecord(anEvent('video.asset.ready', await anUpload()), { body: '[]' });
  const processor = aMuxProcessor(pool, { remainingMs: 7_000 });

  expect(await processor.process([record])).toEqual([record.messageId]);
  expect(proxy.connections()).toBe(0);
});
