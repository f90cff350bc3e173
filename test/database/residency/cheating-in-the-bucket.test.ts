import { beforeEach, expect, test } from '@jest/globals';
import { sha256 } from '../../../lambdas/platform/evidence-signature.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import type { TestBucket } from '../../support/residency/evidence.ts';
import { residencyReportsOn, weeksLater } from '../../support/residency/residency-reports.ts';
import {
  expectBroken,
  last,
  nameOf,
  reportThreeWeeks,
  second,
} from '../../support/residency/three-weeks.ts';

const database = useDatabase();
const reports = residencyReportsOn(database);
const { verify } = reports;

beforeEach(reports.clear);

const DAY_MS = 86_400_000;
const sql = (text: string, values: readonly unknown[] = []) =>
  database.pool.query(text, [...values]);

/** Composes a copy of a report with other content, and matching hashes for its successor. */
const forgeReport = (bucket: TestBucket, week: string, changes: object) => {
  const stored = bucket.versions.get(nameOf(bucket, `${week}/report.json`));
  const original = JSON.parse(Buffer.from(stored?.content ?? '').toString());
  const content = JSON.stringify({ ...original, ...changes });
  const versionId = bucket.forge(`residency/${week}/report.json`, content);
  return { content, versionId, sha256: sha256(content) };
};

test('a writer of bucket and table cannot rewrite the whole chain with new hashes', async () => {
  const bucket = await reportThreeWeeks(reports);
  bucket.now = new Date(weeksLater(2).getTime() + DAY_MS);
  let previous: { week: string; sha256: string } | null = null;
  for (const week of ['2026-11-16', second, last]) {
    const forged = forgeReport(bucket, week, { previous, stage: 'forged' });
    await sql(
      `update portal.residency_reports set sha256 = $2, previous_sha256 = $3,
         files = (select jsonb_agg(case when file ->> 'name' = 'report.json'
           then file || jsonb_build_object('sha256', $2::text, 'versionId', $4::text)
           else file end) from jsonb_array_elements(files) as file)
       where week = $1`,
      [week, forged.sha256, previous?.sha256 ?? null, forged.versionId],
    );
    previous = { week, sha256: forged.sha256 };
  }

  expectBroken(
    await verify(bucket, 2),
    ['2026-11-16', /report.json, stored at .*, has no valid signature/],
    [second, /report.json, stored at .*, has no valid signature/],
    [last, /The SHA-256 in the row is/],
  );
});

test('a writer of bucket and table cannot replace a file', async () => {
  const bucket = await reportThreeWeeks(reports);
  bucket.now = new Date(weeksLater(2).getTime() + DAY_MS);
  const versionId = bucket.forge(`residency/${second}/report.csv`, 'forged');

  expectBroken(await verify(bucket, 2), [
    second,
    new RegExp(
      `Version ${versionId} of residency/${second}/report.csv, stored at ` +
        '2026-12-07T20:00:00.000Z, replaces the original, version v',
    ),
  ]);
});

test('a writer of bucket and table cannot sign with a key of their own', async () => {
  const bucket = await reportThreeWeeks(reports);
  const forged = forgeReport(bucket, last, { verdict: 'allowed' });
  bucket.forge(`residency/${last}/report.sig`, Buffer.alloc(256, 7));

  expect(forged.versionId).toMatch(/^v/);
  expectBroken(
    await verify(bucket, 2),
    [last, /report.json, stored at .*, has no valid signature/],
    [last, /report.sig, stored at .*, replaces the original/],
  );
});

test('a writer of bucket and table cannot hide a report behind a delete marker', async () => {
  const bucket = await reportThreeWeeks(reports);
  bucket.markDeleted(`residency/${last}/report.json`);

  expectBroken(await verify(bucket, 2), [
    last,
    /residency\/2026-11-30\/report.json was deleted at .* \(delete marker marker\)/,
  ]);
});

test('a writer of bucket and table cannot delete the newest report and its row', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('delete from portal.residency_reports where sequence = 3');
  for (const name of [...bucket.versions.keys()])
    if (name.includes(last)) bucket.versions.delete(name);

  expectBroken(await verify(bucket, 2), [last, /The bucket has no report of this week/]);
});

test('a writer of bucket and table cannot delete a report within the chain', async () => {
  const bucket = await reportThreeWeeks(reports);
  await sql('delete from portal.residency_reports where sequence = 2');
  for (const name of [...bucket.versions.keys()])
    if (name.includes(second)) bucket.versions.delete(name);

  expectBroken(
    await verify(bucket, 2),
    [second, /The bucket has no report of this week/],
    [last, /The sequence number is 3, but 2 was expected: reports missing before it: 1/],
    [last, /report.json names .* of the week of 2026-11-23 as the previous report/],
  );
});

test('a writer of bucket and table cannot move a signed report to another week', async () => {
  const bucket = await reportThreeWeeks(reports);
  const contentOf = (name: string) => bucket.versions.get(nameOf(bucket, name))?.content ?? '';
  for (const name of ['report.json', 'report.sig', 'report.csv', 'report.html', 'report.pdf'])
    bucket.forge(`residency/2026-12-07/${name}`, contentOf(`${last}/${name}`));

  expectBroken(
    await verify(bucket, 3),
    ['2026-12-07', /2026-12-07\/report.json is the report of the week of 2026-11-30/],
    ['2026-12-07', /has the same sequence number, 3/],
  );
});

test('a writer of bucket and table cannot backdate a report', async () => {
  const bucket = await reportThreeWeeks(reports);
  const version = bucket.versions.get(nameOf(bucket, `${second}/report.json`));
  if (version) version.lastModified = new Date('2026-11-28T00:00:00Z');

  expectBroken(
    await verify(bucket, 2),
    [second, /was stored at 2026-11-28T00:00:00.000Z, before its week ended at 2026-11-29/],
    [second, /says that it was generated at .*: the report is backdated/],
  );
});

test('a writer of bucket and table cannot add an object that looks like evidence', async () => {
  const bucket = await reportThreeWeeks(reports);
  bucket.forge('residency/2026-11-16/summary.txt', 'all good');

  expectBroken(await verify(bucket, 2), ['2026-11-16', /summary.txt .* belongs to no report/]);
});
