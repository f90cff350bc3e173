import { beforeEach, expect, test } from '@jest/globals';
import { makePrune } from '../../../lambdas/retention/prune.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';
import { muxFixture } from '../../support/providers/mux.ts';
import { addOwners, anOwner } from '../../support/share-links/share-links.ts';

const database = useDatabase();
const at = new Date('2026-11-24T16:30:00.000Z');
const retention = { webhookBodies: 90, webhookEvents: 400, outbox: 30, jobRuns: 60 };
const prune = (chunk = 1_000) => makePrune({ pool: async () => database.pool, retention, chunk });
const anHour = { scheduledAt: at, remainingMs: () => 3_600_000 };
const daysBefore = (days: number, ms = 0) => new Date(at.getTime() - days * 86_400_000 + ms);

const ADD_EVENT = `
  insert into portal.webhook_events (source, event_id, type, status, body, received_at)
  values ('mux', $1, 'video.asset.ready', 'processed', '{}', $2)`;
const ADD_RECORD = `
  insert into portal.idempotency_records (id, status, expiry)
  values ($1, 'COMPLETED', extract(epoch from $2::timestamptz)::bigint)`;
const ADD_ENTRY = `
  insert into portal.outbox (id, type, detail, created_at, published_at)
  values (gen_random_uuid(), $1, '{}', '2026-01-01', $2)`;
const ADD_RUN = `
  insert into portal.job_runs (job, scheduled_at, status, started_at, finished_at)
  values ($1, coalesce($2::timestamptz, '2026-01-01'), 'succeeded', '2026-01-01', $2)`;
const add = (statement: string, name: string, when: Date | null) =>
  database.pool.query(statement, [name, when]);
const column = async (query: string) =>
  (await database.pool.query(query)).rows.map(({ name }) => name);

beforeEach(async () => {
  await database.pool.query(
    `truncate portal.users, portal.webhook_events, portal.webhook_replays,
              portal.idempotency_records, portal.outbox, portal.job_runs cascade`,
  );
});

test('keeps a body for exactly 90 days and an event for exactly 400 days', async () => {
  await add(ADD_EVENT, 'expired event', daysBefore(400, -1));
  await add(ADD_EVENT, 'kept event', daysBefore(400));
  await add(ADD_EVENT, 'expired body', daysBefore(90, -1));
  await add(ADD_EVENT, 'kept body', daysBefore(90));

  await expect(prune()(anHour)).resolves.toMatchObject({ BodiesPruned: 3, EventsPruned: 1 });

  const { rows } = await database.pool.query(
    'select event_id, body from portal.webhook_events order by id',
  );
  expect(rows).toEqual([
    { event_id: 'kept event', body: null },
    { event_id: 'expired body', body: null },
    { event_id: 'kept body', body: '{}' },
  ]);
});

test('keeps the bodies of failed and exhausted events until they are closed', async () => {
  for (const status of ['failed', 'exhausted', 'processed']) {
    await add(ADD_EVENT, status, daysBefore(91));
    await database.pool.query('update portal.webhook_events set status = $1 where event_id = $1', [
      status,
    ]);
  }

  await expect(prune()(anHour)).resolves.toMatchObject({ BodiesPruned: 1 });

  await database.pool.query(`update portal.webhook_events set status = 'processed'`);
  await expect(prune()(anHour)).resolves.toMatchObject({ BodiesPruned: 2 });
});

test('deletes the replays of an expired event with it', async () => {
  await add(ADD_EVENT, 'expired', daysBefore(400, -1));
  await add(ADD_EVENT, 'kept', daysBefore(400));
  await database.pool.query(
    `insert into portal.webhook_replays
       (source, event_id, replay, status, requested_at, updated_at)
     select source, event_id, 'r', 'processed', $1, $1 from portal.webhook_events`,
    [at],
  );

  await expect(prune()(anHour)).resolves.toMatchObject({ EventsPruned: 1 });

  expect(await column('select event_id as name from portal.webhook_replays')).toEqual(['kept']);
});

test('deletes an idempotency record one second after its expiry', async () => {
  await add(ADD_RECORD, 'expired', new Date(at.getTime() - 1_000));
  await add(ADD_RECORD, 'held', at);

  await expect(prune()(anHour)).resolves.toMatchObject({ IdempotencyRecordsPruned: 1 });

  expect(await column('select id as name from portal.idempotency_records')).toEqual(['held']);
});

test('keeps the record of a delivery for 30 days, longer than any provider retries', async () => {
  const daysLater = (days: number) => ({ ...anHour, scheduledAt: daysBefore(-days) });
  const delivery = aMuxRecord(JSON.parse(muxFixture('video.asset.ready').toString()));
  await expect(
    aMuxProcessor(database.pool, { now: () => at }).process([delivery]),
  ).resolves.toEqual([]);

  await expect(prune()(daysLater(30))).resolves.toMatchObject({ IdempotencyRecordsPruned: 0 });
  await expect(prune()(daysLater(31))).resolves.toMatchObject({
    IdempotencyRecordsPruned: 1,
    EventsPruned: 0,
  });
});

test('deletes entries published 30 days ago and keeps unpublished ones', async () => {
  await add(ADD_ENTRY, 'old', daysBefore(30, -1));
  await add(ADD_ENTRY, 'fresh', daysBefore(30));
  await add(ADD_ENTRY, 'unpublished', null);

  await expect(prune()(anHour)).resolves.toMatchObject({ OutboxEntriesPruned: 1 });

  expect(await column('select type as name from portal.outbox order by type')).toEqual([
    'fresh',
    'unpublished',
  ]);
});

test('deletes old job runs and keeps unfinished ones', async () => {
  await add(ADD_RUN, 'old', daysBefore(60, -1));
  await add(ADD_RUN, 'fresh', daysBefore(60));
  await add(ADD_RUN, 'unfinished', null);

  await expect(prune()(anHour)).resolves.toMatchObject({ JobRunsPruned: 1 });

  expect(await column('select job as name from portal.job_runs order by job')).toEqual([
    'fresh',
    'unfinished',
  ]);
});

test('deletes records of missed events as old as pruned events', async () => {
  await database.pool.query(
    `insert into portal.missed_events
       (provider, event_id, type, occurred_at, found_at, recovery, attempted_at)
     values ('resend', 'old', 'email.sent', $1, $1, 'replayed', $1),
            ('resend', 'new', 'email.sent', $2, $2, 'enqueued', $2)`,
    [daysBefore(retention.webhookEvents, -1), daysBefore(retention.webhookEvents)],
  );

  await expect(prune()(anHour)).resolves.toMatchObject({ MissedEventsPruned: 1 });

  const { rows } = await database.pool.query('select event_id from portal.missed_events');
  expect(rows).toEqual([{ event_id: 'new' }]);
});

test('deletes old records of share link expiries and keeps those without a mail', async () => {
  await addOwners(database.pool, 1);
  const addExpiry = (runAt: Date, mailedAt: Date | null) =>
    database.pool.query(
      `insert into portal.share_link_expiries (run_at, owner_id, links, listed, mailed_at)
       values ($1, $2, 1, '[]', $3)`,
      [runAt, anOwner(0), mailedAt],
    );
  await addExpiry(daysBefore(60, -1), at);
  await addExpiry(daysBefore(60), at);
  await addExpiry(daysBefore(90), null);

  await expect(prune()(anHour)).resolves.toMatchObject({ ShareLinkExpiriesPruned: 1 });

  const { rows } = await database.pool.query(
    'select run_at from portal.share_link_expiries order by 1',
  );
  expect(rows).toEqual([{ run_at: daysBefore(90) }, { run_at: daysBefore(60) }]);
});

test.each([
  ['webhookBodies', 'portal.webhook_events', 'BodiesPruned'],
  ['idempotencyRecords', 'portal.idempotency_records', 'IdempotencyRecordsPruned'],
  ['outbox', 'portal.outbox', 'OutboxEntriesPruned'],
  ['jobRuns', 'portal.job_runs', 'JobRunsPruned'],
] as const)(
  'skips locked rows of %s without waiting and removes them at the next prune',
  async (_, table, count) => {
    for (const name of ['locked', 'free']) {
      await add(ADD_EVENT, name, daysBefore(100));
      await add(ADD_RECORD, name, daysBefore(1));
      await add(ADD_ENTRY, name, daysBefore(70));
      await add(ADD_RUN, name, daysBefore(70));
    }
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query(`select from ${table} limit 1 for update`);

    const concurrent = await prune()(anHour).finally(async () => {
      await client.query('rollback');
      client.release();
    });

    expect(concurrent).toMatchObject({ [count]: 1 });
    await expect(prune()(anHour)).resolves.toMatchObject({ [count]: 1 });
  },
);

test('removes all rows in small chunks, one kind in turn with the others', async () => {
  await database.pool.query(
    `insert into portal.webhook_events (source, event_id, type, status, body, received_at)
     select 'mux', n::text, 't', 'processed', '{}', $1 from generate_series(1, 95) as n`,
    [daysBefore(500)],
  );
  await database.pool.query(
    `insert into portal.outbox (id, type, detail, created_at, published_at)
     select gen_random_uuid(), 't', '{}', '2025-01-01', '2025-01-01' from generate_series(1, 25)`,
  );
  let timeChecks = 0;
  // A check before each round and each kind: all 17 kinds, then three, then one.
  const short = { scheduledAt: at, remainingMs: () => (timeChecks++ < 24 ? 60_000 : 0) };

  await expect(prune(10)(short)).resolves.toMatchObject({
    BodiesPruned: 30,
    EventsPruned: 20,
    OutboxEntriesPruned: 20,
    PrunesUnfinished: 3,
  });
  await expect(prune(10)(anHour)).resolves.toMatchObject({
    EventsPruned: 75,
    OutboxEntriesPruned: 5,
    PrunesUnfinished: 0,
  });
});

test('concurrent prunes remove each row once and leave a locked event', async () => {
  await database.pool.query(
    `insert into portal.webhook_events (source, event_id, type, status, body, received_at)
     select 'mux', n::text, 't', 'processed', '{}', $1 from generate_series(1, 200) as n`,
    [daysBefore(100)],
  );
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query(`select from portal.webhook_events where event_id = '7' for update`);

  const counts = await Promise.all([prune(10)(anHour), prune(10)(anHour)]);
  await client.query('commit');
  client.release();

  expect(counts.reduce((sum, { BodiesPruned = 0 }) => sum + BodiesPruned, 0)).toBe(199);
  await expect(prune()(anHour)).resolves.toMatchObject({ BodiesPruned: 1 });
});
