import { beforeEach, expect, test } from '@jest/globals';
import { MAX_REDRIVES } from '../../../lambdas/catalog/retry-limits.ts';
import { redriveDeadLetters } from '../../../lambdas/webhooks/retry/dead-letters.ts';
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxRecord, aRecord } from '../../support/processor.ts';
import { makeRedriveFixture } from '../../support/webhooks/dead-letter-queue.ts';
import { aFailedEntry, aLedgerEntry, aMuxBody, readLedger } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');

beforeEach(() =>
  database.pool.query('truncate portal.webhook_events, portal.webhook_replays cascade'),
);

const { aRedrive } = makeRedriveFixture(database, now);

test('sends a dead letter back unchanged, counts the redrive and deletes the letter', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), now());
  const record = aMuxRecord(aMuxBody('e1'));
  const { deps, sent, deadLetters } = aRedrive([record]);

  await expect(redriveDeadLetters(deps)).resolves.toEqual({
    redriven: 1,
    exhausted: 0,
    discarded: 0,
    rejected: 0,
  });

  expect(sent).toEqual([
    {
      body: record.body,
      attributes: expect.objectContaining({
        eventId: 'e1',
        receivedAt: '2026-03-01T10:00:01.000Z',
      }),
    },
  ]);
  expect(await readLedger(database.pool)).toMatchObject([
    { status: 'failed', redrives: 1, error_code: 'E1' },
  ]);
  expect(await deadLetters.size()).toBe(0);
});

test('inserts the ledger row of an event whose attempts were not recorded', async () => {
  const { deps } = aRedrive([aMuxRecord(aMuxBody('e1'))]);

  await redriveDeadLetters(deps);

  expect(await readLedger(database.pool)).toMatchObject([
    {
      status: 'failed',
      redrives: 1,
      error_code: 'not-recorded',
      body: JSON.stringify(aMuxBody('e1')),
    },
  ]);
});

test(`exhausts an event after ${MAX_REDRIVES} redrives, with its whole body`, async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), now());
  for (let redrive = 1; redrive <= MAX_REDRIVES; redrive += 1)
    await expect(
      redriveDeadLetters(aRedrive([aMuxRecord(aMuxBody('e1'))]).deps),
    ).resolves.toMatchObject({ redriven: 1 });

  const { deps, sent, deadLetters } = aRedrive([aMuxRecord(aMuxBody('e1'))]);
  await expect(redriveDeadLetters(deps)).resolves.toEqual({
    redriven: 0,
    exhausted: 1,
    discarded: 0,
    rejected: 0,
  });

  expect(sent).toEqual([]);
  expect(await readLedger(database.pool)).toMatchObject([
    {
      status: 'exhausted',
      redrives: MAX_REDRIVES,
      error_code: 'E1',
      body: JSON.stringify(aMuxBody('e1')),
    },
  ]);
  expect(await deadLetters.size()).toBe(0);
});

test('discards the letter of an applied event and keeps its ledger row', async () => {
  await recordProcessed(
    database.pool,
    [{ ...aLedgerEntry('e1'), status: 'processed', effects: {} }],
    now(),
  );
  const { deps, sent } = aRedrive([aMuxRecord(aMuxBody('e1'))]);

  await expect(redriveDeadLetters(deps)).resolves.toEqual({
    redriven: 0,
    exhausted: 0,
    discarded: 1,
    rejected: 0,
  });

  expect(sent).toEqual([]);
  expect(await readLedger(database.pool)).toMatchObject([{ status: 'processed', redrives: 0 }]);
});

test('redrives one of two letters of an event and deletes both', async () => {
  const { deps, sent, deadLetters } = aRedrive([
    aMuxRecord(aMuxBody('e1')),
    aMuxRecord(aMuxBody('e1')),
  ]);

  await redriveDeadLetters(deps);

  expect(sent).toHaveLength(1);
  expect(await readLedger(database.pool)).toMatchObject([{ redrives: 1 }]);
  expect(await deadLetters.size()).toBe(0);
});

test('exhausts a message that is no envelope instead of redriving it', async () => {
  const { deps, deadLetters } = aRedrive([aRecord('what is this', {})]);

  await expect(redriveDeadLetters(deps)).resolves.toMatchObject({ exhausted: 1 });

  expect(await readLedger(database.pool)).toMatchObject([
    { status: 'exhausted', error_code: 'not-an-envelope', body: 'what is this' },
  ]);
  expect(await deadLetters.size()).toBe(0);
});

test('sends a letter again after a crash before deleting', async () => {
  const { deps, sent, deadLetters } = aRedrive([aMuxRecord(aMuxBody('e1'))]);
  const crashing = {
    ...deps,
    deadLetters: { ...deadLetters, delete: () => Promise.reject(new Error('killed')) },
  };

  await expect(redriveDeadLetters(crashing)).rejects.toThrow('killed');
  await redriveDeadLetters(deps);

  expect(sent).toHaveLength(2);
  expect(await deadLetters.size()).toBe(0);
});

test('leaves a letter that failed again during the run to the next run', async () => {
  const { deps, sent, deadLetters } = aRedrive([{ ...aMuxRecord(aMuxBody('e1')), sentAt: now() }]);

  await expect(redriveDeadLetters(deps)).resolves.toBeUndefined();

  expect(sent).toEqual([]);
  expect(await deadLetters.size()).toBe(1);
});

test('keeps a letter that its queue rejects and does not count it', async () => {
  const { deps, deadLetters } = aRedrive([aMuxRecord(aMuxBody('e1'))]);

  await expect(
    redriveDeadLetters({ ...deps, enqueue: () => Promise.reject(new Error('down')) }),
  ).resolves.toEqual({ redriven: 0, exhausted: 0, discarded: 0, rejected: 1 });

  expect(await deadLetters.size()).toBe(1);
  expect(await readLedger(database.pool)).toMatchObject([{ status: 'failed', redrives: 0 }]);
});
