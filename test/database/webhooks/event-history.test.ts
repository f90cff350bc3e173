import { beforeEach, expect, test } from '@jest/globals';
import { makeEventCommands } from '../../../lambdas/operations/commands/event-commands.ts';
import type { EventReport } from '../../../lambdas/operations/event-story/event-report.ts';
import { eventStory } from '../../../lambdas/operations/event-story/event-story.ts';
import { MAX_HISTORY_ENTRIES } from '../../../lambdas/webhooks/event-history.ts';
import {
  countRedrives,
  exhaust,
  uncountRedrives,
} from '../../../lambdas/webhooks/failed-events.queries.ts';
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aFailedEntry, aLedgerEntry } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const minute = (number: number) => new Date(Date.UTC(2026, 2, 1, 12, number));

beforeEach(() =>
  database.pool.query('truncate portal.webhook_events, portal.webhook_replays cascade'),
);

const key = { source: 'mux', eventId: 'e1' };
const fail = (number: number, changes: object = {}) =>
  recordFailed(database.pool, { ...aFailedEntry('e1'), ...changes }, minute(number));
const redrive = (number: number, changes: object = {}) =>
  countRedrives(database.pool, [{ ...aLedgerEntry('e1'), ...changes }], minute(number));

async function show(): Promise<EventReport> {
  const commands = makeEventCommands({
    pool: async () => database.pool,
    queues: { replay: async () => {} },
    now: () => minute(59),
  });
  const shown = await commands['events show']({ provider: 'mux', event: 'e1' }, 'operator');
  return JSON.parse(JSON.stringify(shown));
}

test('keeps every failed attempt with its error, and every redrive', async () => {
  await fail(1, { errorCode: 'first' });
  await fail(2, { errorCode: 'second', errorMessage: 'x'.repeat(2_000) });
  await redrive(3);
  await fail(4, { errorCode: 'third' });
  await recordProcessed(
    database.pool,
    [{ ...aLedgerEntry('e1'), status: 'processed', effects: {} }],
    minute(5),
  );

  const report = await show();

  expect(report.history).toMatchObject([
    { kind: 'failed-attempt', code: 'first', message: 'on purpose' },
    { kind: 'failed-attempt', code: 'second', message: 'x'.repeat(500) },
    { kind: 'redrive' },
    { kind: 'failed-attempt', code: 'third' },
  ]);
  expect(report.history.map(({ at }) => new Date(at))).toEqual([1, 2, 3, 4].map(minute));
  expect(eventStory(report).map(({ title }) => title)).toEqual([
    'mux delivered video.asset.ready',
    'Attempt 1 failed',
    'Attempt 2 failed',
    'Redrive 1: sent back to the queue',
    'Attempt 3 failed',
    'Processed',
  ]);
});

test('takes back a redrive that the queue did not accept', async () => {
  await fail(1);
  await redrive(2);
  await uncountRedrives(database.pool, [key], minute(2));
  await uncountRedrives(database.pool, [key], minute(2));

  expect((await show()).history).toMatchObject([{ kind: 'failed-attempt' }]);
});

test('records that an event is exhausted, with the error of its last attempt', async () => {
  await fail(1, { errorCode: 'cause' });
  const dead = { ...aLedgerEntry('e1'), errorCode: 'other', errorMessage: 'not this one' };
  await exhaust(database.pool, [dead], minute(2));

  expect((await show()).history.at(-1)).toMatchObject({ kind: 'exhausted', code: 'cause' });
});

test('records that an event without a row is exhausted', async () => {
  const dead = { ...aLedgerEntry('e1'), errorCode: 'unknown', errorMessage: 'no attempt' };
  await exhaust(database.pool, [dead], minute(2));

  expect((await show()).history).toMatchObject([
    { kind: 'exhausted', code: 'unknown', message: 'no attempt' },
  ]);
});

test('keeps the newest entries of an event that fails for days', async () => {
  for (let number = 1; number <= MAX_HISTORY_ENTRIES + 2; number += 1)
    await fail(number, { errorCode: `attempt-${number}` });

  const report = await show();

  expect(report.history).toHaveLength(MAX_HISTORY_ENTRIES);
  expect(report.history[0]).toMatchObject({ code: 'attempt-3' });
  expect(eventStory(report)[1]).toMatchObject({ title: 'Attempt 3 failed' });
});

test('keeps the history of a replay apart from that of its event', async () => {
  await fail(1, { status: 'exhausted', errorCode: 'before' });
  await fail(2, { replay: 'r1', errorCode: 'again' });
  await redrive(3, { replay: 'r1' });

  const report = await show();

  expect(report.replayResults).toMatchObject([
    {
      replay: 'r1',
      history: [{ kind: 'failed-attempt', code: 'again' }, { kind: 'redrive' }],
    },
  ]);
  expect(eventStory(report).map(({ title }) => title)).toEqual([
    'mux delivered video.asset.ready',
    'Attempt 1 failed',
    'Replay requested',
    'Replay: attempt 1 failed',
    'Replay: redrive 1: sent back to the queue',
  ]);
});

test('names the operator and the reason of a replay of many events', async () => {
  await fail(1);
  await database.pool.query(
    `insert into portal.webhook_replays
       (source, event_id, replay, status, requested_at, updated_at)
     values ('mux', 'e1', 'r1', 'requested', $1, $1), ('mux', 'e2', 'r2', 'requested', $1, $1)`,
    [minute(10)],
  );
  await database.pool.query(
    `insert into portal.operator_actions (at, operator, command, reason, arguments, result)
     values ($1, 'arn:aws:iam::1:user/ana', 'events replay', 'the film is repaired', '{}',
             '{"events":[{"provider":"mux","event":"e1"}]}'),
            ($1, 'arn:aws:iam::1:user/eve', 'events replay', 'another event', '{}',
             '{"events":[{"provider":"mux","event":"e2"}]}'),
            ($1, 'arn:aws:iam::1:user/eve', 'events replay', 'another provider',
             '{"provider":"resend","event":"e1"}', '{}')`,
    [new Date(minute(10).getTime() + 500)],
  );

  const replayed = eventStory(await show()).filter(({ title }) => title.startsWith('Replay'));

  expect(replayed).toMatchObject([
    { title: 'Replay requested by user/ana', detail: 'the film is repaired' },
  ]);
});
