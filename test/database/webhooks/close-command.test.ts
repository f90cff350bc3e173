import { beforeEach, describe, expect, test } from '@jest/globals';
import { makeEventCommands } from '../../../lambdas/operations/commands/event-commands.ts';
import { pruneChunk } from '../../../lambdas/retention/prune.queries.ts';
import { lockUnescalated } from '../../../lambdas/webhooks/reported-events.queries.ts';
import { redriveOrphans } from '../../../lambdas/webhooks/retry/orphans.ts';
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aFailedEntry, aLedgerEntry } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const operator = 'arn:aws:iam::000000000000:user/ana';
const reason = 'the video was uploaded again';

beforeEach(() => database.pool.query('truncate portal.webhook_events, portal.webhook_replays'));

const commands = makeEventCommands({
  pool: async () => database.pool,
  queues: { replay: async () => {} },
  now,
});
const close = (given: object) =>
  commands['events close']({ limit: 100, reason, dryRun: false, ...given }, operator);
const show = (event: string) => commands['events show']({ provider: 'mux', event }, operator);
const replay = (event: string) =>
  commands['events replay'](
    { event, limit: 1, dryRun: false, status: ['processed', 'exhausted', 'closed'] },
    operator,
  );

const addFailed = async (status: 'failed' | 'exhausted', ...ids: readonly string[]) => {
  for (const id of ids) await recordFailed(database.pool, { ...aFailedEntry(id), status }, now());
};
const addProcessed = (...ids: readonly string[]) =>
  recordProcessed(
    database.pool,
    ids.map((id) => ({ ...aLedgerEntry(id), status: 'processed', effects: {} })),
    now(),
  );
const statuses = async () =>
  Object.fromEntries(
    (
      await database.pool.query<{ event_id: string; status: string }>(
        'select event_id, status from portal.webhook_events order by event_id',
      )
    ).rows.map(({ event_id, status }) => [event_id, status]),
  );

describe('events close', () => {
  test('closes an event with its reason and operator, and shows both', async () => {
    await addFailed('exhausted', 'e1');

    expect(await close({ event: 'e1' })).toEqual({
      closed: 1,
      events: [
        { provider: 'mux', event: 'e1', type: 'video.asset.ready', was: 'exhausted', replays: 0 },
      ],
      more: false,
    });

    expect(await show('e1')).toMatchObject({
      status: 'closed',
      hasBody: true,
      errorCode: 'E1',
      history: [
        { kind: 'failed-attempt' },
        { kind: 'closed', at: expect.any(String), operator, message: reason },
      ],
    });
  });

  test('closes what the filter matches, oldest first, and nothing in a dry run', async () => {
    await addFailed('exhausted', 'e1', 'e2');
    await addFailed('failed', 'e3');
    await addProcessed('e4');
    const code = 'E1';

    expect(await close({ code, dryRun: true })).toEqual({ matching: 3, closed: 0 });
    expect(Object.values(await statuses())).not.toContain('closed');

    expect(await close({ code, limit: 2 })).toMatchObject({ closed: 2, more: true });
    expect(await close({ code, limit: 2 })).toMatchObject({ closed: 1, more: false });
    expect(await statuses()).toEqual({
      e1: 'closed',
      e2: 'closed',
      e3: 'closed',
      e4: 'processed',
    });
  });

  test('finds nothing to close in events that are applied, closed or unknown', async () => {
    await addProcessed('e1');
    await addFailed('exhausted', 'e2');
    await close({ event: 'e2' });

    for (const event of ['e1', 'e2', 'unknown']) expect(await close({ event })).toBeUndefined();
  });

  test('closes the replay of an event that stays processed', async () => {
    await addProcessed('e1');
    await replay('e1');

    expect(await close({ provider: 'mux', event: 'e1' })).toMatchObject({
      closed: 1,
      events: [{ event: 'e1', was: 'processed', replays: 1 }],
    });

    expect(await show('e1')).toMatchObject({
      status: 'processed',
      replayResults: [{ status: 'closed', history: [{ kind: 'closed', operator }] }],
    });
  });
});

describe('a closed event', () => {
  beforeEach(async () => {
    await addFailed('exhausted', 'e1');
    await addFailed('failed', 'e2');
    await close({ code: 'E1' });
  });

  test('is neither escalated nor redriven', async () => {
    const later = new Date('2026-03-03T12:00:00Z');
    const sent: unknown[] = [];
    const enqueue = async (message: unknown) => String(sent.push(message));
    const deps = { pool: async () => database.pool, enqueue, now: () => later };

    expect(await lockUnescalated(database.pool, 10)).toEqual([]);
    await redriveOrphans(deps, { updatedBefore: later, limit: 10, sources: ['mux'] });
    expect(sent).toEqual([]);
  });

  test('stays closed after a failed attempt', async () => {
    await addFailed('exhausted', 'e1');
    await addFailed('failed', 'e2');

    expect(await statuses()).toEqual({ e1: 'closed', e2: 'closed' });
  });

  test('becomes processed when a delivery of it is applied', async () => {
    await addProcessed('e1');

    expect(await statuses()).toEqual({ e1: 'processed', e2: 'closed' });
  });

  test('returns to retry when it is replayed', async () => {
    expect(await replay('e1')).toMatchObject({ replayed: 1 });

    expect(await show('e1')).toMatchObject({
      status: 'failed',
      escalatedAt: null,
      replayResults: [{ status: 'requested' }],
    });
  });

  test('loses its body when the retention of bodies ends, and an open event does not', async () => {
    await addFailed('exhausted', 'e3');
    const later = new Date('2026-06-01T00:00:00Z');

    expect(await pruneChunk(database.pool, 'webhookBodies', later, 10)).toBe(2);

    expect([await show('e1'), await show('e3')]).toMatchObject([
      { status: 'closed', hasBody: false },
      { status: 'exhausted', hasBody: true },
    ]);
    expect(await replay('e1')).toMatchObject({ replayed: 0, withoutBody: [{ event: 'e1' }] });
  });
});
