import { beforeEach, expect, test } from '@jest/globals';
import { makeEventCommands } from '../../../lambdas/operations/commands/event-commands.ts';
import type { ReplayableEvent } from '../../../lambdas/operations/event-queues.ts';
import { recordFailed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aFailedEntry } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');

beforeEach(() => database.pool.query('truncate portal.webhook_events, portal.webhook_replays'));

function aReplay(isDown: (eventId: string) => boolean = () => false) {
  const sent: ReplayableEvent[] = [];
  const commands = makeEventCommands({
    pool: async () => database.pool,
    queues: {
      async replay(event) {
        if (isDown(event.eventId)) throw new Error('SQS is down');
        sent.push(event);
      },
    },
    now,
  });
  const given = { limit: 3, reason: 'it is mended', dryRun: false };
  const run = (changes: object = {}) =>
    commands['events replay']({ ...given, ...changes }, 'arn:operator');
  return { sent, run, commands };
}

const addExhausted = async (...ids: readonly string[]) => {
  for (const id of ids)
    await recordFailed(database.pool, { ...aFailedEntry(id), status: 'exhausted' }, now());
};

const replays = async () =>
  (
    await database.pool.query(
      'select event_id, replay, status from portal.webhook_replays order by event_id',
    )
  ).rows;

test('skips and reports an event without a body, and goes on with the next page', async () => {
  await addExhausted('e1', 'e2', 'e3', 'e4');
  await database.pool.query(`update portal.webhook_events set body = null where event_id = 'e2'`);
  const { sent, run } = aReplay();

  const first = await run();
  const second = await run({ cursor: first?.['cursor'] });

  expect(first).toMatchObject({
    replayed: 2,
    events: [{ event: 'e1' }, { event: 'e3' }],
    withoutBody: [{ provider: 'mux', event: 'e2' }],
  });
  expect(second).toMatchObject({ replayed: 1, events: [{ event: 'e4' }], cursor: undefined });
  expect(sent.map(({ eventId }) => eventId)).toEqual(['e1', 'e3', 'e4']);
});

test('records each replay with the id in its message', async () => {
  await addExhausted('e1');
  const { sent, run, commands } = aReplay();

  await run();

  expect(await replays()).toEqual([
    { event_id: 'e1', replay: sent[0]?.replay, status: 'requested' },
  ]);
  await expect(
    commands['events show']({ provider: 'mux', event: 'e1' }, 'arn:operator'),
  ).resolves.toMatchObject({ replays: 1, replayResults: [{ status: 'requested' }] });
});

test('reports an event that could not be sent and keeps its replay for the retry job', async () => {
  await addExhausted('e1', 'e2');

  await expect(aReplay((id) => id === 'e1').run()).resolves.toMatchObject({
    replayed: 1,
    events: [{ event: 'e2' }],
    sentLater: [{ event: 'e1' }],
  });

  expect(await replays()).toMatchObject([{ status: 'requested' }, { status: 'requested' }]);
});
