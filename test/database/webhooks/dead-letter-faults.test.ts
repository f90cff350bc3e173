import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MAX_REDRIVES } from '../../../lambdas/catalog/retry-limits.ts';
import { redriveDeadLetters } from '../../../lambdas/webhooks/retry/dead-letters.ts';
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxRecord, aRecord } from '../../support/processor.ts';
import { makeRedriveFixture } from '../../support/webhooks/dead-letter-queue.ts';
import { failStatements } from '../../support/webhooks/failing-table.ts';
import { aFailedEntry, aLedgerEntry, aMuxBody, readLedger } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const { aRedrive } = makeRedriveFixture(database, now);
let repair: () => Promise<unknown> = async () => {};

beforeEach(() => database.pool.query('truncate portal.webhook_events, portal.webhook_replays'));
afterEach(() => repair());

const readReplays = async () =>
  (
    await database.pool.query(
      'select replay, status, redrives, error_code from portal.webhook_replays order by replay',
    )
  ).rows;

const applied = (id: string) =>
  recordProcessed(
    database.pool,
    [{ ...aLedgerEntry(id), status: 'processed', effects: {} }],
    now(),
  );

test('sends nothing while the ledger rejects writes, then each letter once', async () => {
  const { deps, sent, deadLetters } = aRedrive(['e1', 'e2'].map((id) => aMuxRecord(aMuxBody(id))));
  repair = await failStatements(database.pool, 'portal.webhook_events', '53100');

  for (let run = 1; run <= 9; run += 1)
    await expect(redriveDeadLetters(deps)).rejects.toMatchObject({ code: '53100' });
  expect(sent).toEqual([]);
  expect(await deadLetters.size()).toBe(2);

  await repair();
  await redriveDeadLetters(deps);
  expect(sent).toHaveLength(2);
  expect(await deadLetters.size()).toBe(0);
});

test('sends an event at most once for each redrive while letters cannot be deleted', async () => {
  const { deps, sent, deadLetters } = aRedrive([aMuxRecord(aMuxBody('e1'))]);
  const failing = {
    ...deps,
    deadLetters: { ...deadLetters, delete: () => Promise.reject(new Error('down')) },
  };

  for (let run = 1; run <= 9; run += 1)
    await expect(redriveDeadLetters(failing)).rejects.toThrow('down');

  expect(sent).toHaveLength(MAX_REDRIVES);
});

test.each([
  ['time', { receivedAt: 'yesterday' }],
  ['time that Postgres rejects', { receivedAt: '0000-01-01T00:00:00Z' }],
  ['event id', { eventId: ' ' }],
  ['type', { eventType: 'x'.repeat(300) }],
  ['encoding', { encoding: 'unknown' }],
])('records a letter with an unreadable %s, removes it and redrives the others', async (_, bad) => {
  const unreadable = aMuxRecord(aMuxBody('e1'), bad as never);
  const { deps, sent, deadLetters } = aRedrive([
    unreadable,
    aMuxRecord(aMuxBody('e2')),
    aMuxRecord(aMuxBody('e3')),
  ]);

  await expect(redriveDeadLetters(deps)).resolves.toMatchObject({ redriven: 2, exhausted: 1 });

  expect(sent.map(({ attributes }) => attributes['eventId'])).toEqual(['e2', 'e3']);
  expect(await readLedger(database.pool)).toContainEqual(
    expect.objectContaining({
      event_id: `message ${unreadable.messageId}`,
      status: 'exhausted',
      error_code: 'not-an-envelope',
    }),
  );
  expect(await deadLetters.size()).toBe(0);
});

test('records a letter whose body contains a NUL character', async () => {
  const { body, messageAttributes } = aMuxRecord(aMuxBody('e1'));
  const { deps } = aRedrive([{ ...aRecord(`${body}\0`, {}), messageAttributes }]);

  await expect(redriveDeadLetters(deps)).resolves.toMatchObject({ exhausted: 1 });
});

test('redrives two replays of an applied event, each by itself', async () => {
  await applied('e1');
  const { deps, sent } = aRedrive([
    aMuxRecord(aMuxBody('e1'), { replay: 'r1' }),
    aMuxRecord(aMuxBody('e1'), { replay: 'r2' }),
    aMuxRecord(aMuxBody('e1')),
  ]);

  await expect(redriveDeadLetters(deps)).resolves.toMatchObject({ redriven: 2, discarded: 1 });

  expect(sent.map(({ attributes }) => attributes['replay'])).toEqual(['r1', 'r2']);
  expect(await readReplays()).toMatchObject([
    { replay: 'r1', status: 'failed', redrives: 1 },
    { replay: 'r2', status: 'failed', redrives: 1 },
  ]);
});

test('exhausts a replay after its redrives and keeps the applied event', async () => {
  await applied('e1');
  const letter = () => aRedrive([aMuxRecord(aMuxBody('e1'), { replay: 'r1' })]);
  for (let redrive = 1; redrive <= MAX_REDRIVES; redrive += 1)
    await expect(redriveDeadLetters(letter().deps)).resolves.toMatchObject({ redriven: 1 });

  await expect(redriveDeadLetters(letter().deps)).resolves.toMatchObject({ exhausted: 1 });
  await expect(redriveDeadLetters(letter().deps)).resolves.toMatchObject({ discarded: 1 });

  expect(await readReplays()).toMatchObject([{ status: 'exhausted', redrives: MAX_REDRIVES }]);
  expect(await readLedger(database.pool)).toMatchObject([{ status: 'processed' }]);
});

test('never exhausts an event that failed because of this system', async () => {
  await recordFailed(database.pool, { ...aFailedEntry('e1'), errorCode: '53100' }, now());

  for (let redrive = 1; redrive <= 2 * MAX_REDRIVES; redrive += 1)
    await expect(
      redriveDeadLetters(aRedrive([aMuxRecord(aMuxBody('e1'))]).deps),
    ).resolves.toMatchObject({ redriven: 1 });

  expect(await readLedger(database.pool)).toMatchObject([{ status: 'failed' }]);
});

test('takes no more letters than allowed', async () => {
  const { deps, sent, deadLetters } = aRedrive(
    ['e1', 'e2', 'e3'].map((id) => aMuxRecord(aMuxBody(id))),
  );

  await expect(redriveDeadLetters(deps, 1)).resolves.toMatchObject({ redriven: 1 });

  expect(sent).toHaveLength(1);
  expect(await deadLetters.size()).toBe(2);
});
