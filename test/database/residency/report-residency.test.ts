import { beforeEach, describe, expect, test } from '@jest/globals';
import { domainEvents } from '../../../lambdas/catalog/domain-events.ts';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { makeReportResidency } from '../../../lambdas/residency/report-residency.ts';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import { verifyResidencyChain } from '../../../lambdas/residency/verify-report-chain.ts';
import { anEvidenceBucket, type TestBucket } from '../../support/evidence.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const monday = new Date('2026-11-22T20:00:00Z');
const weeksLater = (weeks: number) => new Date(monday.getTime() + weeks * 7 * 86_400_000);
const dueAt = (scheduledAt: Date) => ({ scheduledAt, remainingMs: () => 300_000 });
const settings = {
  ...{ stage: 'dev', recipient: 'compliance@example.org', allowedRegions: ['ap-southeast-2'] },
  retentionDays: { webhookBodies: 90, webhookEvents: 400 },
};
const reporter = (bucket: TestBucket, now = monday) =>
  makeReportResidency({ pool: async () => database.pool, bucket, settings, now: () => now });

const ADD = `
  insert into portal.assets (status, storage_provider, storage_region, bytes, duration_seconds, created_at)
  values ($1, $2, $3, $4, $5, $6)`;
interface Stored {
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
}: Stored) => database.pool.query(ADD, [status, provider, region, bytes, 60, createdAt]);
const verify = async (bucket: TestBucket) =>
  verifyResidencyChain(await findReports(database.pool), ({ key, versionId }) =>
    bucket.get(key, versionId),
  );
const documentOf = async (bucket: TestBucket, index = 0) => {
  const file = (await findReports(database.pool))[index]?.files.find(
    ({ name }) => name === 'report.json',
  );
  return JSON.parse(
    String(Buffer.from((file && (await bucket.get(file.key, file.versionId))) ?? '')),
  );
};
/** A bucket at which so many runs have to arrive before any goes on: none of them knows of another one's report. */
function meeting(bucket: TestBucket, runs: number): TestBucket {
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

beforeEach(async () => {
  await database.pool.query(
    'truncate portal.assets, portal.residency_reports, portal.notifications, portal.outbox, portal.webhook_events cascade',
  );
});

test('the report adds up where assets are, says what nobody reports, and lists what is elsewhere', async () => {
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
    ...{ ReportsMade: 1, AssetsReported: 5, ResidencyViolations: 1 },
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

test('it says what is held of webhooks and for how long', async () => {
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

test('an empty week is a report too, and the compliance advisor gets it attached', async () => {
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

describe('runs that are repeated, overlap or fail', () => {
  test('a week has one report and one mail, however often and whenever in the week after it is asked for', async () => {
    const bucket = anEvidenceBucket();

    await reporter(bucket)(dueAt(monday));
    await expect(
      reporter(bucket)(dueAt(new Date(monday.getTime() + 3 * 86_400_000))),
    ).resolves.toEqual({
      ReportsMade: 0,
    });
    const both = meeting(bucket, 2);
    const made = await Promise.all([1, 2].map(() => reporter(both)(dueAt(weeksLater(1)))));

    expect(made.map(({ ReportsMade }) => ReportsMade).sort()).toEqual([0, 1]);
    // Three files of the first week, and three of each of the two that did not know of one another.
    expect(bucket.puts).toHaveLength(9);

    expect((await findReports(database.pool)).map(({ week }) => week)).toEqual([
      '2026-11-16',
      '2026-11-23',
    ]);
    expect(await count('select from portal.notifications')).toBe(2);
    await expect(verify(bucket)).resolves.toMatchObject({ reports: 2, files: 6, problems: [] });
  });

  test('two weeks reported at the same moment do not follow the same report: one of them comes after the other', async () => {
    const bucket = anEvidenceBucket();
    const all = meeting(bucket, 3);

    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((weeks) => reporter(all)(dueAt(weeksLater(weeks)))),
    );

    const lost = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    );
    expect(lost).toEqual(['chain-moved', 'chain-moved']);
    await expect(verify(bucket)).resolves.toMatchObject({ reports: 1, problems: [] });
    expect(await count('select from portal.notifications')).toBe(1);
    for (const weeks of [1, 2, 3]) await reporter(bucket)(dueAt(weeksLater(weeks)));
    await expect(verify(bucket)).resolves.toMatchObject({ reports: 3, problems: [] });
  });

  test.each([1, 2, 3])(
    'when S3 fails at file %i there is no report, no mail, and the next attempt makes both',
    async (failsAt) => {
      const bucket = anEvidenceBucket({ failsAt });

      await expect(reporter(bucket)(dueAt(monday))).rejects.toThrow('S3 is away.');
      expect(await count('select from portal.residency_reports')).toBe(0);
      expect(await count('select from portal.notifications')).toBe(0);

      await reporter(bucket)(dueAt(monday));
      await expect(verify(bucket)).resolves.toMatchObject({ reports: 1, problems: [] });
    },
  );
});

describe('the chain', () => {
  async function threeWeeks() {
    const bucket = anEvidenceBucket();
    for (const weeks of [0, 1, 2])
      await reporter(bucket, weeksLater(weeks))(dueAt(weeksLater(weeks)));
    return bucket;
  }
  const keyOf = (bucket: TestBucket, end: string) =>
    [...bucket.versions.keys()].find((key) => key.includes(end)) ?? '';

  test('each report names the hash of the one before, and the last is the head', async () => {
    const bucket = await threeWeeks();
    const reports = await findReports(database.pool);

    expect((await documentOf(bucket, 2)).previous).toEqual({
      week: '2026-11-23',
      sha256: reports[1]?.sha256,
    });
    await expect(verify(bucket)).resolves.toEqual({
      ...{
        reports: 3,
        files: 9,
        problems: [],
        missingWeeks: [],
        head: { week: '2026-11-30', sha256: reports[2]?.sha256 },
      },
    });
  });

  test.each(['report.json', 'report.csv', 'report.html'])(
    'a byte changed in %s is found',
    async (name) => {
      const bucket = await threeWeeks();
      const key = keyOf(bucket, `2026-11-23/${name}`);
      const content = Buffer.from(bucket.versions.get(key) ?? '');
      content.writeUInt8(content.readUInt8(content.length - 3) ^ 1, content.length - 3);
      bucket.versions.set(key, content);

      const { problems } = await verify(bucket);

      expect(problems).toContainEqual({
        week: '2026-11-23',
        problem: `${name} is not what was written: its hash is another.`,
      });
    },
  );

  test('a week without a report is said to be missing, and is no forgery', async () => {
    const bucket = anEvidenceBucket();
    for (const weeks of [0, 3]) await reporter(bucket)(dueAt(weeksLater(weeks)));

    await expect(verify(bucket)).resolves.toMatchObject({
      problems: [],
      missingWeeks: ['2026-11-23', '2026-11-30'],
    });
  });

  test('a file that is gone is found', async () => {
    const bucket = await threeWeeks();
    bucket.versions.delete(keyOf(bucket, '2026-11-16/report.csv'));

    await expect(verify(bucket)).resolves.toMatchObject({
      problems: [
        { week: '2026-11-16', problem: 'report.csv is missing: residency/2026-11-16/report.csv.' },
      ],
    });
  });

  test('a report taken out of the middle is found, also when the rows are closed up behind it', async () => {
    const bucket = await threeWeeks();
    await database.pool.query(`delete from portal.residency_reports where sequence = 2`);
    const { problems } = await verify(bucket);
    expect(problems.map(({ week }) => week)).toEqual(['2026-11-30', '2026-11-30', '2026-11-30']);

    await database.pool.query(`
      update portal.residency_reports set sequence = 2,
             previous_sha256 = (select sha256 from portal.residency_reports where sequence = 1)
       where sequence = 3`);

    await expect(verify(bucket)).resolves.toMatchObject({
      problems: [
        { week: '2026-11-30', problem: 'report.json is that of another report.' },
        { week: '2026-11-30', problem: 'report.json does not follow the report before it.' },
      ],
    });
  });

  test('a forged file whose row was changed with it contradicts the document', async () => {
    const bucket = await threeWeeks();
    bucket.versions.set(keyOf(bucket, '2026-11-23/report.csv'), Buffer.from('forged'));
    await database.pool.query(
      `update portal.residency_reports set files = (
         select jsonb_agg(case when file ->> 'name' = 'report.csv' then file || jsonb_build_object('sha256', $1::text) else file end)
           from jsonb_array_elements(files) as file) where sequence = 2`,
      // printf forged | sha256sum
      ['ccdd35168ab474fa5764a526cfb83621351e23682c5075b2e18d56bddf96aa30'],
    );

    await expect(verify(bucket)).resolves.toMatchObject({
      problems: [{ week: '2026-11-23', problem: 'report.json names another hash for report.csv.' }],
    });
  });

  test('a file that its row does not name any more is missed', async () => {
    const bucket = await threeWeeks();
    await database.pool.query(
      `update portal.residency_reports set files = (
         select jsonb_agg(file) from jsonb_array_elements(files) as file where file ->> 'name' <> 'report.html')
        where sequence = 2`,
    );

    await expect(verify(bucket)).resolves.toMatchObject({
      problems: [{ week: '2026-11-23', problem: 'Its row names no report.html.' }],
    });
  });

  test('a row changed to fit a forged document breaks the report after it', async () => {
    const bucket = await threeWeeks();
    await database.pool.query(
      `update portal.residency_reports set sha256 = repeat('0', 64) where sequence = 2`,
    );

    const { problems } = await verify(bucket);

    expect(problems.map(({ week }) => week)).toEqual(
      expect.arrayContaining(['2026-11-23', '2026-11-30']),
    );
  });
});
