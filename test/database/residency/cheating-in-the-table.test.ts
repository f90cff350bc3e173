import { beforeEach, expect, test } from '@jest/globals';
import { useDatabase } from '../../support/postgres/database.ts';
import { residencyReportsOn } from '../../support/residency/residency-reports.ts';
import {
  expectBroken,
  last,
  reportThreeWeeks,
  second,
} from '../../support/residency/three-weeks.ts';

const database = useDatabase();
const reports = residencyReportsOn(database);
const { verify } = reports;

beforeEach(reports.clear);

const sql = (text: string) => database.pool.query(text);

test('a database writer cannot empty the table', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('truncate portal.residency_reports');

  const verification = await verify(bucket, 2);

  expect(verification.problems).toHaveLength(1);
  expectBroken(verification, [
    'all',
    /is empty, but the bucket has 3 reports, for the weeks of 2026-11-16 to 2026-11-30/,
  ]);
});

test('a database writer cannot truncate the chain by its newest reports', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('delete from portal.residency_reports where sequence > 1');

  expectBroken(
    await verify(bucket, 2),
    [second, /the table has no row: the row was deleted/],
    [last, /the table has no row: the row was deleted/],
  );
});

test('a database writer cannot delete a row and renumber the others', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('delete from portal.residency_reports where sequence = 2');
  await sql(`update portal.residency_reports set sequence = 2,
    previous_sha256 = (select sha256 from portal.residency_reports where sequence = 1)
    where sequence = 3`);

  expectBroken(
    await verify(bucket, 2),
    [second, /the row was deleted/],
    [last, /The sequence number in the row is 2, but in the bucket it is 3/],
    [last, /SHA-256 of the previous report in the row is/],
  );
});

test('a database writer cannot change a figure in a row', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('update portal.residency_reports set violations = 7 where sequence = 2');

  expectBroken(await verify(bucket, 2), [
    second,
    /The number of violations in the row is 7, but in the bucket it is 0/,
  ]);
});

test('a database writer cannot add a row for a week that no report describes', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql(`insert into portal.residency_reports
    select gen_random_uuid(), 4, '2026-12-07', generated_at, bucket, files, sha256, sha256,
           assets, violations, signature, key_id, not_established
      from portal.residency_reports where sequence = 3`);

  expectBroken(await verify(bucket, 2), ['2026-12-07', /the bucket has no report of it/]);
});

test('a database writer cannot swap two weeks', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql(`update portal.residency_reports set week = week + 1000 where sequence in (2, 3)`);
  await sql(`update portal.residency_reports set week = date '2026-11-30' where sequence = 2`);
  await sql(`update portal.residency_reports set week = date '2026-11-23' where sequence = 3`);

  expectBroken(
    await verify(bucket, 2),
    [second, /The sequence number in the row is 3, but in the bucket it is 2/],
    [last, /The sequence number in the row is 2, but in the bucket it is 3/],
  );
});
