import { beforeEach, expect, test } from '@jest/globals';
import { domainEvents } from '../../../lambdas/catalog/domain-events.ts';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anEvidenceBucket } from '../../support/residency/evidence.ts';
import { dueAt, monday, residencyReportsOn } from '../../support/residency/residency-reports.ts';

const database = useDatabase();
const { reporter, documentOf, clear } = residencyReportsOn(database);

const ADD = `
  insert into portal.assets
    (status, storage_provider, storage_region, bytes, duration_seconds, created_at)
  values ($1, $2, $3, $4, 60, $5)`;

interface StoredAsset {
  readonly status?: string;
  readonly provider?: string;
  readonly region?: string | null;
  readonly bytes?: number | null;
  readonly createdAt?: string;
}

const addAsset = ({
  status = 'ready',
  provider = 'mux',
  region = null,
  bytes = null,
  createdAt = '2026-01-01',
}: StoredAsset) => database.pool.query(ADD, [status, provider, region, bytes, createdAt]);

beforeEach(clear);

test('adds up assets by region, and lists those outside the allowed regions', async () => {
  await addAsset({ provider: 's3', region: 'ap-southeast-2', bytes: 1_000 });
  await addAsset({
    provider: 's3',
    region: 'ap-southeast-2',
    bytes: 500,
    createdAt: '2026-11-15T13:00:00Z',
  });
  await addAsset({
    provider: 's3',
    region: 'us-east-1',
    bytes: 7,
    createdAt: '2026-11-22T12:59:59.999Z',
  });
  await addAsset({ createdAt: '2026-11-22T13:00:00Z' });
  await addAsset({ region: ' ' });
  for (const status of ['deleted', 'awaiting-upload', 'cancelled'])
    await addAsset({ status, region: 'us-east-1' });
  const bucket = anEvidenceBucket();

  await expect(reporter(bucket)(dueAt(monday))).resolves.toEqual({
    ReportsMade: 1,
    AssetsReported: 5,
    ResidencyViolations: 1,
    RegionsNotEstablished: 2,
  });

  expect(await documentOf(bucket)).toMatchObject({
    week: {
      monday: '2026-11-16',
      from: '2026-11-15T13:00:00.000Z',
      to: '2026-11-22T13:00:00.000Z',
    },
    totals: {
      assets: 5,
      bytes: 1_507,
      assetsWithoutBytes: 2,
      durationSeconds: 300,
      addedInWeek: 2,
      notEstablished: 2,
      reported: 3,
      declared: 0,
      unknown: 2,
    },
    rows: [
      {
        provider: 's3',
        region: 'us-east-1',
        basis: 'reported',
        verdict: 'violation',
        assets: 1,
        bytes: 7,
        addedInWeek: 1,
      },
      {
        provider: 'mux',
        region: null,
        basis: 'unknown',
        verdict: 'not established',
        assets: 2,
        assetsWithoutBytes: 2,
        addedInWeek: 0,
      },
      {
        provider: 's3',
        region: 'ap-southeast-2',
        basis: 'reported',
        verdict: 'allowed',
        assets: 2,
        bytes: 1_500,
        addedInWeek: 1,
      },
    ],
    violations: { total: 1, listed: [{ provider: 's3', region: 'us-east-1', bytes: 7 }] },
    previous: null,
  });
});

test('reports the stored webhook bodies and their retention', async () => {
  await database.pool.query(`
    insert into portal.webhook_events (source, event_id, type, status, body, received_at) values
      ('mux', 'a', 't', 'processed', '{"x":1}', '2026-11-01T00:00:00Z'),
      ('mux', 'b', 't', 'processed', null, '2026-01-01T00:00:00Z'),
      ('resend', 'c', 't', 'ignored', null, '2026-01-01T00:00:00Z')`);
  const bucket = anEvidenceBucket();

  await reporter(bucket)(dueAt(monday));

  expect((await documentOf(bucket)).webhookBodies).toEqual({
    retentionDays: { webhookBodies: 90, webhookEvents: 400 },
    held: [
      { source: 'mux', events: 2, bodies: 1, bytes: 7, oldest: '2026-11-01T00:00:00.000Z' },
      { source: 'resend', events: 1, bodies: 0, bytes: 0, oldest: null },
    ],
  });
});

test('reports an empty week, and mails the report to the compliance advisor', async () => {
  const bucket = anEvidenceBucket();

  await reporter(bucket)(dueAt(monday));

  const { rows } = await database.pool.query(
    `select recipient, kind, params from portal.notifications`,
  );
  expect(rows).toMatchObject([{ recipient: 'compliance@example.org', kind: 'residency.reported' }]);
  const rendering = await renderMail(
    'residency.reported',
    rows[0]?.params,
    'https://portal.example',
  );
  const [report] = await findReports(database.pool);
  expect(rendering).toMatchObject({
    outcome: 'rendered',
    mail: {
      subject: 'dev: residency report, week of 16 Nov 2026: allowed',
      text: expect.stringContaining(report?.sha256 ?? '-'),
      attachments: [
        {
          filename: 'residency-2026-11-16.pdf',
          encoding: 'base64',
          content: expect.stringMatching(/^JVBERi0/),
        },
        {
          filename: 'residency-2026-11-16.html',
          content: bucket.puts.find(({ key }) => key.endsWith('html'))?.content,
        },
        {
          filename: 'residency-2026-11-16.csv',
          content: expect.stringMatching(/^provider,region,/),
        },
        {
          filename: 'residency-2026-11-16.json',
          content: bucket.puts.find(({ key }) => key.endsWith('json'))?.content,
        },
      ],
    },
  });
  const { rows: events } = await database.pool.query(
    `select detail from portal.outbox where type = 'residency.reported'`,
  );
  expect(domainEvents['residency.reported'].parse(events[0]?.detail)).toMatchObject({
    sha256: report?.sha256,
  });
});
