import { beforeEach, expect, test } from '@jest/globals';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anEvidenceBucket, type TestBucket } from '../../support/residency/evidence.ts';
import {
  dueAt,
  residencyReportsOn,
  weeksLater,
} from '../../support/residency/residency-reports.ts';

const database = useDatabase();
const { reporter, verify, documentOf, clear } = residencyReportsOn(database);

beforeEach(clear);

/** Writes the reports of three weeks. */
async function reportThreeWeeks() {
  const bucket = anEvidenceBucket();
  for (const weeks of [0, 1, 2])
    await reporter(bucket, weeksLater(weeks))(dueAt(weeksLater(weeks)));
  return bucket;
}
const keyOf = (bucket: TestBucket, end: string) =>
  [...bucket.versions.keys()].find((key) => key.includes(end)) ?? '';

test('each report contains the hash of the previous one, and the last is the head', async () => {
  const bucket = await reportThreeWeeks();
  const reports = await findReports(database.pool);

  expect((await documentOf(bucket, 2)).previous).toEqual({
    week: '2026-11-23',
    sha256: reports[1]?.sha256,
  });
  await expect(verify(bucket)).resolves.toEqual({
    reports: 3,
    files: 9,
    problems: [],
    missingWeeks: [],
    head: { week: '2026-11-30', sha256: reports[2]?.sha256 },
  });
});

test.each(['report.json', 'report.csv', 'report.html'])(
  'detects a changed byte in %s',
  async (name) => {
    const bucket = await reportThreeWeeks();
    const key = keyOf(bucket, `2026-11-23/${name}`);
    const content = Buffer.from(bucket.versions.get(key) ?? '');
    content.writeUInt8(content.readUInt8(content.length - 3) ^ 1, content.length - 3);
    bucket.versions.set(key, content);

    const { problems } = await verify(bucket);

    expect(problems).toContainEqual({
      week: '2026-11-23',
      problem: `${name} was changed: its hash differs from the row.`,
    });
  },
);

test('reports a week without a report as missing, but not as a problem', async () => {
  const bucket = anEvidenceBucket();
  for (const weeks of [0, 3]) await reporter(bucket)(dueAt(weeksLater(weeks)));

  await expect(verify(bucket)).resolves.toMatchObject({
    problems: [],
    missingWeeks: ['2026-11-23', '2026-11-30'],
  });
});

test('detects a missing file', async () => {
  const bucket = await reportThreeWeeks();
  bucket.versions.delete(keyOf(bucket, '2026-11-16/report.csv'));

  await expect(verify(bucket)).resolves.toMatchObject({
    problems: [
      { week: '2026-11-16', problem: 'report.csv is missing: residency/2026-11-16/report.csv.' },
    ],
  });
});

test('detects a removed report, even if the other rows are renumbered', async () => {
  const bucket = await reportThreeWeeks();
  await database.pool.query(`delete from portal.residency_reports where sequence = 2`);
  const { problems } = await verify(bucket);
  expect(problems.map(({ week }) => week)).toEqual(['2026-11-30', '2026-11-30', '2026-11-30']);

  await database.pool.query(`
    update portal.residency_reports set sequence = 2,
           previous_sha256 = (select sha256 from portal.residency_reports where sequence = 1)
     where sequence = 3`);

  await expect(verify(bucket)).resolves.toMatchObject({
    problems: [
      { week: '2026-11-30', problem: 'report.json belongs to another report.' },
      {
        week: '2026-11-30',
        problem: 'The hash of the previous report in report.json differs from that report.',
      },
    ],
  });
});

test('detects a replaced file whose hash was also replaced in the row', async () => {
  const bucket = await reportThreeWeeks();
  bucket.versions.set(keyOf(bucket, '2026-11-23/report.csv'), Buffer.from('forged'));
  await database.pool.query(
    `update portal.residency_reports set files = (
       select jsonb_agg(
                case when file ->> 'name' = 'report.csv'
                     then file || jsonb_build_object('sha256', $1::text)
                     else file end)
         from jsonb_array_elements(files) as file) where sequence = 2`,
    // Output of: printf forged | sha256sum
    ['ccdd35168ab474fa5764a526cfb83621351e23682c5075b2e18d56bddf96aa30'],
  );

  await expect(verify(bucket)).resolves.toMatchObject({
    problems: [
      {
        week: '2026-11-23',
        problem: 'The hash of report.csv in report.json differs from the file.',
      },
    ],
  });
});

test('detects a file that was removed from the row', async () => {
  const bucket = await reportThreeWeeks();
  await database.pool.query(
    `update portal.residency_reports set files = (
       select jsonb_agg(file) from jsonb_array_elements(files) as file
        where file ->> 'name' <> 'report.html')
      where sequence = 2`,
  );

  await expect(verify(bucket)).resolves.toMatchObject({
    problems: [{ week: '2026-11-23', problem: 'The row does not list report.html.' }],
  });
});

test('detects a changed hash in the row, also at the next report', async () => {
  const bucket = await reportThreeWeeks();
  await database.pool.query(
    `update portal.residency_reports set sha256 = repeat('0', 64) where sequence = 2`,
  );

  const { problems } = await verify(bucket);

  expect(problems.map(({ week }) => week)).toEqual(
    expect.arrayContaining(['2026-11-23', '2026-11-30']),
  );
});
