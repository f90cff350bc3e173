import { beforeEach, expect, test } from '@jest/globals';
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
const { reporter, verify, documentOf, clear, key } = residencyReportsOn(database);

const count = async (table: string) =>
  (await database.pool.query(`select from portal.${table}`)).rowCount;
const weeks = async () => (await findReports(database.pool)).map(({ week }) => week);
const contentOf = (bucket: TestBucket, end: string) =>
  [...bucket.versions].find(([name]) => name.includes(end))?.[1].content ?? '';

beforeEach(clear);

test('a repeated run writes no second report and no second mail', async () => {
  const bucket = anEvidenceBucket();

  await reporter(bucket)(dueAt(monday));
  const again = reporter(bucket)(dueAt(new Date(monday.getTime() + 3 * 86_400_000)));

  await expect(again).resolves.toEqual({ ReportsMade: 0 });
  expect(bucket.puts).toHaveLength(5);
  expect(await count('notifications')).toBe(1);
});

test('concurrent runs write one report and one mail', async () => {
  const bucket = anEvidenceBucket();

  const counts = await Promise.all([1, 2, 3].map(() => reporter(bucket)(dueAt(monday))));

  expect(counts.map(({ ReportsMade }) => ReportsMade).sort()).toEqual([0, 0, 1]);
  expect(bucket.puts).toHaveLength(5);
  expect(await count('notifications')).toBe(1);
  await expect(verify(bucket)).resolves.toMatchObject({ chain: 'intact', notes: [] });
});

test('concurrent runs of different weeks extend one chain', async () => {
  const bucket = anEvidenceBucket();
  await reporter(bucket)(dueAt(monday));

  await Promise.all(
    [1, 2, 3].map((later) => reporter(bucket, weeksLater(3))(dueAt(weeksLater(later)))),
  );

  expect(await weeks()).toEqual(['2026-11-16', '2026-11-23', '2026-11-30', '2026-12-07']);
  expect(await verify(bucket, 3)).toMatchObject({ chain: 'intact', problems: [] });
});

test('a run makes up every missed week, oldest first, and says so in the report', async () => {
  const bucket = anEvidenceBucket();
  await reporter(bucket)(dueAt(monday));

  const counts = await reporter(bucket, weeksLater(4))(dueAt(weeksLater(4)));

  expect(counts).toMatchObject({ ReportsMade: 4 });
  expect(await weeks()).toEqual([
    '2026-11-16',
    '2026-11-23',
    '2026-11-30',
    '2026-12-07',
    '2026-12-14',
  ]);
  expect(await documentOf(bucket, 1)).toMatchObject({ madeUp: true });
  expect(await documentOf(bucket, 4)).toMatchObject({ madeUp: false });
  expect(contentOf(bucket, '2026-11-23/report.html').toString()).toContain(
    'This report was written late: no run reported the week in time.',
  );
  expect(await verify(bucket, 4)).toMatchObject({
    chain: 'intact',
    notes: [
      { week: '2026-11-23', note: 'The report was written 21 days after its week.' },
      { week: '2026-11-30', note: 'The report was written 14 days after its week.' },
      { week: '2026-12-07', note: 'The report was written 7 days after its week.' },
    ],
  });
});

test('a run without time leaves the remaining weeks to the next run', async () => {
  const bucket = anEvidenceBucket();
  await reporter(bucket)(dueAt(monday));
  const left = [1, 1, 0];

  const counts = await reporter(
    bucket,
    weeksLater(3),
  )({ scheduledAt: weeksLater(3), remainingMs: () => left.shift() ?? 0 });

  expect(counts).toMatchObject({ ReportsMade: 2, WeeksRemaining: 1 });
  await expect(reporter(bucket, weeksLater(3))(dueAt(weeksLater(3)))).resolves.toMatchObject({
    ReportsMade: 1,
  });
});

test.each([1, 2, 3, 4, 5])(
  'writes no report and no mail if S3 fails at file %i, and both in the next run',
  async (failsAt) => {
    const bucket = anEvidenceBucket({ failsAt });

    await expect(reporter(bucket)(dueAt(monday))).rejects.toThrow('S3 is unavailable.');
    expect(await count('residency_reports')).toBe(0);
    expect(await count('notifications')).toBe(0);

    const now = new Date(monday.getTime() + 60_000);
    await reporter(bucket, now)(dueAt(monday));
    await expect(verify(bucket)).resolves.toMatchObject({ chain: 'intact', problems: [] });
    expect(await count('notifications')).toBe(1);
  },
);

test('a run that ended before its commit is continued with the same report', async () => {
  const bucket = anEvidenceBucket();
  await reporter(bucket)(dueAt(monday));
  const [before] = await findReports(database.pool);
  await database.pool.query('truncate portal.residency_reports, portal.notifications');

  const now = new Date(monday.getTime() + 120_000);
  await reporter(bucket, now)(dueAt(monday));

  expect(await findReports(database.pool)).toEqual([before]);
  expect(bucket.puts).toHaveLength(5);
  expect(await count('notifications')).toBe(1);
});

test('an emptied table does not start a new chain', async () => {
  const bucket = anEvidenceBucket();
  for (const later of [0, 1]) await reporter(bucket, weeksLater(later))(dueAt(weeksLater(later)));
  await database.pool.query('truncate portal.residency_reports');

  await reporter(bucket, weeksLater(2))(dueAt(weeksLater(2)));

  expect(await findReports(database.pool)).toMatchObject([
    { sequence: 2, week: '2026-11-23' },
    { sequence: 3, week: '2026-11-30' },
  ]);
  expect(await verify(bucket, 2)).toMatchObject({
    chain: 'broken',
    problems: [{ week: '2026-11-16', problem: expect.stringContaining('the row was deleted') }],
  });
});

test('a forged report in the bucket does not stop the report of its week', async () => {
  const bucket = anEvidenceBucket();
  bucket.forge('residency/2026-11-16/report.json', '{"forged":true}');

  await expect(reporter(bucket)(dueAt(monday))).resolves.toMatchObject({ ReportsMade: 1 });

  const [report] = await findReports(database.pool);
  expect(report).toMatchObject({ sequence: 1, previousSha256: null });
  expect((await verify(bucket)).problems).toMatchObject([
    { week: '2026-11-16', problem: expect.stringContaining('has no valid signature') },
  ]);
});

test('the first signature covers the reports before signatures', async () => {
  const bucket = anEvidenceBucket();
  for (const later of [0, 1]) await reporter(bucket, weeksLater(later))(dueAt(weeksLater(later)));
  for (const name of [...bucket.versions.keys()])
    if (name.includes('report.sig')) bucket.versions.delete(name);
  await database.pool.query(`
    update portal.residency_reports set signature = null, key_id = null,
      files = (select jsonb_agg(file) from jsonb_array_elements(files) as file
                where file ->> 'name' <> 'report.sig')`);
  expect(await verify(bucket, 1)).toMatchObject({
    chain: 'unsigned',
    unsignedReports: 2,
    problems: [],
  });

  await reporter(bucket, weeksLater(2))(dueAt(weeksLater(2)));

  expect(await verify(bucket, 2)).toMatchObject({
    chain: 'intact',
    signedSince: '2026-11-30',
    unsignedReports: 2,
    publicKeySha256: key.publicKey.fingerprint,
    problems: [],
  });
  expect((await documentOf(bucket, 2)).previous.week).toBe('2026-11-23');
});
