import { beforeEach, expect, test } from '@jest/globals';
import { makeResidencyCommands } from '../../../lambdas/operations/commands/residency-commands.ts';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import type { TestBucket } from '../../support/residency/evidence.ts';
import {
  dueAt,
  residencyReportsOn,
  weeksLater,
} from '../../support/residency/residency-reports.ts';
import { nameOf, reportThreeWeeks } from '../../support/residency/three-weeks.ts';

const database = useDatabase();
const reports = residencyReportsOn(database);

beforeEach(reports.clear);

const restore = (evidence: TestBucket, dryRun = false) =>
  makeResidencyCommands({
    pool: async () => database.pool,
    evidence,
    evidenceKey: async () => reports.key.publicKey,
    stage: 'dev',
    now: () => weeksLater(2),
  })['residency restore']({ reason: 'the table was lost', dryRun }, 'operator');

const rows = () => findReports(database.pool);
const sql = (text: string) => database.pool.query(text);

test('restores every row of a lost table exactly, and the verification finds nothing', async () => {
  const bucket = await reportThreeWeeks(reports);
  const before = await rows();
  await sql('truncate portal.residency_reports');

  await expect(restore(bucket, true)).resolves.toMatchObject({
    wouldRestore: [{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }],
  });
  expect(await rows()).toEqual([]);
  await expect(restore(bucket)).resolves.toMatchObject({ existing: 0, notRestored: [] });

  expect(await rows()).toEqual(before);
  await expect(reports.verify(bucket, 2)).resolves.toMatchObject({ chain: 'intact', problems: [] });
  await expect(restore(bucket)).resolves.toMatchObject({ restored: [], existing: 3 });
});

test('the chain continues after the rows of a restored database were completed', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('delete from portal.residency_reports where sequence > 1');

  await restore(bucket);
  await reports.reporter(bucket, weeksLater(3))(dueAt(weeksLater(3)));

  expect((await rows()).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  await expect(reports.verify(bucket, 3)).resolves.toMatchObject({ chain: 'intact' });
});

test('restores no report that is not signed, and says which', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('delete from portal.residency_reports where sequence = 3');
  const [signature] = nameOf(bucket, '2026-11-30/report.sig').split(' ');
  for (const name of bucket.versions.keys())
    if (name.startsWith(`${signature} `)) bucket.versions.delete(name);

  await expect(restore(bucket)).resolves.toMatchObject({
    restored: [],
    notRestored: [{ week: '2026-11-30', reason: expect.stringContaining('No report') }],
  });
});

test('restores the signed version, not a later forgery', async () => {
  const bucket = await reportThreeWeeks(reports);
  const before = await rows();
  await sql('delete from portal.residency_reports where sequence = 2');
  bucket.forge('residency/2026-11-23/report.json', '{"forged":true}');
  bucket.forge('residency/2026-11-23/report.csv', 'forged');

  await restore(bucket);

  expect(await rows()).toEqual(before);
});

test('never changes a row, also if another week took the number', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('delete from portal.residency_reports where sequence = 2');
  await sql('update portal.residency_reports set sequence = 2 where sequence = 3');

  await expect(restore(bucket)).resolves.toMatchObject({
    restored: [],
    notRestored: [
      { week: '2026-11-23', reason: 'The row of the week of 2026-11-30 has its number, 2.' },
    ],
  });
});
