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
    'insert into portal.outbox (id, type, detail, created_at, published_at) values (gen_random_uuid(), $1, $2, $3, $4)',
    ['test', '{}', createdAt, publishedAt],
  );
const addRun = (job: string, scheduledAt: Date, status: 'succeeded' | 'failed') =>
  run(
    'insert into portal.job_runs (job, scheduled_at, status, started_at) values ($1, $2, $3, $2)',
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
    'insert into portal.assets (owner_id, status, mux_upload_id, created_at) values ($1, $2, $3, $4)',
    [owner === undefined ? await aMember() : owner, 'awaiting-upload', randomUUID(), createdAt],
  );
const addMail = async (sentAt: Date) =>
  run(
    `insert into portal.notifications (id, user_id, kind, params, source, event_id, mail_status, sent_at, created_at)
     values ($1, $2, 'any', '{}', 'test', gen_random_uuid()::text, 'sent', $3, $3)`,
    [randomUUID(), await aMember(), sentAt],
  );

/** What CloudWatch is told: each metric with the value of its dimension. */
async function reportBacklog(): Promise<Readonly<Record<string, unknown>>> {
  stdout.length = 0;
  const pool = async () => database.pool;
  await makeReportBacklog({ pool, jobs: [hourly], providers: ['mux', 'resend'], now: () => at })();
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
    'truncate portal.outbox, portal.job_runs, portal.webhook_events, portal.notifications, portal.assets, portal.users cascade',
  );
});

test('with nothing in the database nothing waits, nothing is overdue and nobody is silent', async () => {
  expect(await reportBacklog()).toEqual({
    OutboxAgeSeconds: 0,
    OutboxWaiting: 0,
    'OverdueSeconds hourly': 0,
    'MissingTrafficSeconds mux': 0,
    'MissingTrafficSeconds resend': 0,
  });
});

test('the outbox is as old as its oldest entry that is not published', async () => {
  await addEntry(ago(900), ago(890));
  await addEntry(ago(400));
  await addEntry(ago(10));

  expect(await reportBacklog()).toMatchObject({ OutboxAgeSeconds: 400, OutboxWaiting: 2 });
});

test('a job is overdue by its last success, whatever it tried since', async () => {
  await addRun('hourly', ago(3 * HOUR + 90), 'succeeded');
  await addRun('hourly', ago(60), 'failed');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 90 });

  await addRun('hourly', ago(30), 'succeeded');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 0 });
});

test('a job that never succeeded is overdue once the stage is old enough for it', async () => {
  await addRun('another', ago(3 * HOUR - 1), 'succeeded');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 0 });

  await addRun('another', ago(3 * HOUR + 5), 'succeeded');
  expect(await reportBacklog()).toMatchObject({ 'OverdueSeconds hourly': 5 });
});

test.each([
  { provider: 'mux', sign: (when: Date) => addUpload(when), other: 'resend' },
  { provider: 'resend', sign: (when: Date) => addMail(when), other: 'mux' },
])(
  '$provider is silent from the first sign that no event of it came after',
  async ({ provider, sign, other }) => {
    await sign(ago(2 * HOUR));
    await addEvent(provider, ago(2 * HOUR - 5));
    expect(await reportBacklog()).toMatchObject({ [`MissingTrafficSeconds ${provider}`]: 0 });

    await sign(ago(HOUR));
    await sign(ago(60));
    await addEvent(other, ago(1));
    expect(await reportBacklog()).toMatchObject({
      [`MissingTrafficSeconds ${provider}`]: HOUR,
      [`MissingTrafficSeconds ${other}`]: 0,
    });

    await addEvent(provider, ago(20));
    expect(await reportBacklog()).toMatchObject({ [`MissingTrafficSeconds ${provider}`]: 0 });
  },
);

test('what we sent ourselves does not end the silence of a provider', async () => {
  await addUpload(ago(HOUR));
  await addEvent('mux', ago(20), syntheticType);

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': HOUR });
});

test('a provider of which nothing was ever heard is silent too', async () => {
  await addUpload(ago(HOUR));

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': HOUR });
});

test('an event that overtook the row of its upload is an answer to it', async () => {
  await addEvent('mux', ago(HOUR + 30));
  await addUpload(ago(HOUR));

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': 0 });
});

test('an upload that Mux told us of, and one of the day before, are no signs', async () => {
  await addUpload(ago(HOUR), null);
  await addUpload(ago(25 * HOUR));

  expect(await reportBacklog()).toMatchObject({ 'MissingTrafficSeconds mux': 0 });
});
