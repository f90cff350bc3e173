import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { syntheticType } from '../../../lambdas/catalog/synthetic-events.ts';
import { makeReportBacklog } from '../../../lambdas/monitoring/report-backlog.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const stdout = useStdout();
const at = new Date('2026-11-24T03:30:00.000Z');
const HOUR = 3_600;
const ago = (seconds: number) => new Date(at.getTime() - seconds * 1_000);
const hourly = { name: 'hourly', overdueAfterSeconds: 3 * HOUR };

const run = (sql: string, values: readonly unknown[]) => database.pool.query(sql, [...values]);
const addEntry = (createdAt: Date, publishedAt: Date | null = null) =>
  run(
    `insert into portal.outbox (id, type, detail, created_at, published_at)
     values (gen_random_uuid(), $1, $2, $3, $4)`,
    ['test', '{}', createdAt, publishedAt],
  );
const addRun = (job: string, scheduledAt: Date, status: 'succeeded' | 'failed') =>
  run(
    `insert into portal.job_runs (job, scheduled_at, status, started_at)
     values ($1, $2, $3, $2)`,
    [job, scheduledAt, status],
  );
const addEvent = (source: string, receivedAt: Date, type = 'any') =>
  run(
    `insert into portal.webhook_events (source, event_id, type, status, body, received_at)
     values ($1, $2, $4, 'ignored', '{}', $3)`,
    [source, randomUUID(), receivedAt, type],
  );

async function aMember(): Promise<string> {
  const id = randomUUID();
  await run('insert into portal.users (id, email, name) values ($1, $2, $2)', [
    id,
    `${id}@example.org`,
  ]);
  return id;
}

const addUpload = async (createdAt: Date, owner?: string | null) =>
  run(
    `insert into portal.assets (owner_id, status, mux_upload_id, created_at)
     values ($1, $2, $3, $4)`,
    [owner === undefined ? await aMember() : owner, 'awaiting-upload', randomUUID(), createdAt],
  );
const addMail = async (sentAt: Date) =>
  run(
    `insert into portal.notifications
       (id, user_id, kind, params, source, event_id, mail_status, sent_at, created_at)
     values ($1, $2, 'any', '{}', 'test', gen_random_uuid()::text, 'sent', $3, $3)`,
    [randomUUID(), await aMember(), sentAt],
  );

/** Runs the job and returns the emitted metrics by name and dimension value. */
async function reportBacklog(): Promise<Readonly<Record<string, unknown>>> {
  stdout.length = 0;
  const pool = async () => database.pool;
  const expected = [
    { provider: 'mux', expectedTraffic: 'uploads' },
    { provider: 'resend', expectedTraffic: 'mails' },
  ] as const;
  await makeReportBacklog({ pool, jobs: [hourly], expected, now: () => at })();
  return Object.fromEntries(
    stdout
      .filter((line) => '_aws' in line)
      .flatMap(({ _aws, provider, job, ...values }) =>
        Object.entries(values).map(([metric, value]) => [
          [metric, provider ?? job ?? ''].join(' ').trim(),
          value,
        ]),
      ),
  );
}

beforeEach(async () => {
  await database.pool.query(
    `truncate portal.outbox, portal.job_runs, portal.webhook_events, portal.notifications,
              portal.assets, portal.users cascade`,
  );
});

test('emits zeros for an empty database', async () => {
  expect(await reportBacklog()).toEqual({
    OutboxAgeSeconds: 0,
    OutboxWaiting: 0,
    OutboxSetAside: 0,
    'OverdueSeconds hourly': 0,
    'MissingTrafficSeconds mux': 0,
    'MissingTrafficSeconds resend': 0,
  });
});

test('reports the age of the oldest unpublished outbox entry', async () => {
  await addEntry(ago(900), ago(890));
  await addEntry(ago(400));
  await addEntry(ago(10));

  expect(await reportBacklog()).toMatchObject({ OutboxAgeSeconds: 400, OutboxWaiting: 2 });
});

test('counts set-aside entries apart from those that wait', async () => {
  await addEntry(ago(900));
  await addEntry(ago(400));
  await database.pool.query(
    'update portal.outbox set set_aside_at = now() where created_at <= $1::timestamptz',
    [ago(900)],
  );

  expect(await reportBacklog()).toMatchObject({
    OutboxAgeSeconds: 400,
    OutboxWaiting: 1,
    OutboxSetAside: 1,
  });
});

test('measures an overdue job from its last success, not from a failed run', async () => {
  await addRun('hourly', ago(3 * HOUR + 90), 'succeeded');
  await addRun('hourly', ago(60), 'failed');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 90 });

  await addRun('hourly', ago(30), 'succeeded');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 0 });
});

test('ignores runs ahead of time when it measures an overdue job', async () => {
  await addRun('hourly', ago(3 * HOUR + 90), 'succeeded');
  await addRun('hourly', ago(-4 * 365 * 24 * HOUR), 'succeeded');

  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 90 });
});

test('measures a job that never succeeded from the first run of any job', async () => {
  await addRun('another', ago(3 * HOUR - 1), 'succeeded');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 0 });

  await addRun('another', ago(3 * HOUR + 5), 'succeeded');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 5 });
});

test.each([
  { provider: 'mux', addSign: (when: Date) => addUpload(when), other: 'resend' },
  { provider: 'resend', addSign: (when: Date) => addMail(when), other: 'mux' },
])(
  'reports missing traffic of $provider from the first upload or mail without an event',
  async ({ provider, addSign, other }) => {
    await addSign(ago(2 * HOUR));
    await addEvent(provider, ago(2 * HOUR - 5));
    expect(await reportBacklog()).toMatchObject({ [`MissingTrafficSeconds ${provider}`]: 0 });

    await addSign(ago(HOUR));
    await addSign(ago(60));
    await addEvent(other, ago(1));
    expect(await reportBacklog()).toMatchObject({
      [`MissingTrafficSeconds ${provider}`]: HOUR,
      [`MissingTrafficSeconds ${other}`]: 0,
    });

    await addEvent(provider, ago(20));
    expect(await reportBacklog()).toMatchObject({ [`MissingTrafficSeconds ${provider}`]: 0 });
  },
);

test('ignores synthetic events', async () => {
  await addUpload(ago(HOUR));
  await addEvent('mux', ago(20), syntheticType);

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': HOUR });
});

test('ignores events that the job reconcile read', async () => {
  await addUpload(ago(HOUR));
  await addEvent('mux', ago(20));
  await run(`update portal.webhook_events set origin = 'reconciled'`, []);

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': HOUR });
});

test('reports missing traffic of a provider that never sent an event', async () => {
  await addUpload(ago(HOUR));

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': HOUR });
});

test('accepts an event that arrived shortly before the row of its upload', async () => {
  await addEvent('mux', ago(HOUR + 30));
  await addUpload(ago(HOUR));

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': 0 });
});

test('ignores uploads without an owner and uploads older than a day', async () => {
  await addUpload(ago(HOUR), null);
  await addUpload(ago(25 * HOUR));

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': 0 });
});
