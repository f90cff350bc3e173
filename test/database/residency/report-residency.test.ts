import { beforeEach, describe, expect, test } from '@jest/globals';
import { domainEvents } from '../../../lambdas/catalog/domain-events.ts';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anEvidenceBucket, type TestBucket } from '../../support/residency/evidence.ts';
import {
  dueAt,
  monday,
  residencyReportsOn,
  weeksLater,
} from '../../support/residency/residency-reports.ts';

const database = useDatabase();
const { reporter, verify, documentOf, clear } = residencyReportsOn(database);

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

/** Blocks uploads until all runs have reached the bucket, so that no run sees another's report. */
function concurrentBucket(bucket: TestBucket, runs: number): TestBucket {
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  const put: TestBucket['put'] = async (object) => {
    if (object.key.endsWith('.json')) arrived += 1;
    if (arrived === runs) all.resolve();
    await all.promise;
    return bucket.put(object);
  };
  return { ...bucket, put };
}

const count = async (query: string) => (await database.pool.query(query)).rowCount;

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
      notReported: 2,
    },
    rows: [
      {
        provider: 's3',
        region: 'us-east-1',
        standing: 'violation',
        assets: 1,
        bytes: 7,
        addedInWeek: 1,
      },
      {
        provider: 'mux',
        region: null,
        standing: 'not-reported',
        assets: 2,
        assetsWithoutBytes: 2,
        addedInWeek: 0,
      },
      {
        provider: 's3',
        region: 'ap-southeast-2',
        standing: 'allowed',
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
      subject: 'dev: residency report, week of 2026-11-16: no violations',
      text: expect.stringContaining(report?.sha256 ?? '-'),
      attachments: [
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

describe('repeated, concurrent and failed runs', () => {
  test('write one report and one mail for a week', async () => {
    const bucket = anEvidenceBucket();

    await reporter(bucket)(dueAt(monday));
    await expect(
      reporter(bucket)(dueAt(new Date(monday.getTime() + 3 * 86_400_000))),
    ).resolves.toEqual({
      ReportsMade: 0,
    });
    const bothRuns = concurrentBucket(bucket, 2);
    const counts = await Promise.all([1, 2].map(() => reporter(bothRuns)(dueAt(weeksLater(1)))));

    expect(counts.map(({ ReportsMade }) => ReportsMade).sort()).toEqual([0, 1]);
    // Three files of the first week, and three of each of the two concurrent runs.
    expect(bucket.puts).toHaveLength(9);

    expect((await findReports(database.pool)).map(({ week }) => week)).toEqual([
      '2026-11-16',
      '2026-11-23',
    ]);
    expect(await count('select from portal.notifications')).toBe(2);
    await expect(verify(bucket)).resolves.toMatchObject({ reports: 2, files: 6, problems: [] });
  });

  test('reject all but one of several weeks that would follow the same report', async () => {
    const bucket = anEvidenceBucket();
    const allRuns = concurrentBucket(bucket, 3);

    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((weeks) => reporter(allRuns)(dueAt(weeksLater(weeks)))),
    );

    const errorCodes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    );
    expect(errorCodes).toEqual(['chain-moved', 'chain-moved']);
    await expect(verify(bucket)).resolves.toMatchObject({ reports: 1, problems: [] });
    expect(await count('select from portal.notifications')).toBe(1);
    for (const weeks of [1, 2, 3]) await reporter(bucket)(dueAt(weeksLater(weeks)));
    await expect(verify(bucket)).resolves.toMatchObject({ reports: 3, problems: [] });
  });

  test.each([1, 2, 3])(
    'write no report and no mail if S3 fails at file %i, and both in the next run',
    async (failsAt) => {
      const bucket = anEvidenceBucket({ failsAt });

      await expect(reporter(bucket)(dueAt(monday))).rejects.toThrow('S3 is unavailable.');
      expect(await count('select from portal.residency_reports')).toBe(0);
      expect(await count('select from portal.notifications')).toBe(0);

      await reporter(bucket)(dueAt(monday));
      await expect(verify(bucket)).resolves.toMatchObject({ reports: 1, problems: [] });
    },
  );
});
