import { beforeEach, expect, test } from '@jest/globals';
import { findReports } from '../../../lambdas/residency/residency-reports.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anEvidenceBucket, type TestBucket } from '../../support/residency/evidence.ts';
import { residencyReportsOn } from '../../support/residency/residency-reports.ts';
import {
  expectBroken,
  last,
  nameOf,
  reportThreeWeeks,
  second,
} from '../../support/residency/three-weeks.ts';

const database = useDatabase();
const reports = residencyReportsOn(database);
const { verify, documentOf, key } = reports;

beforeEach(reports.clear);

/** Changes one byte of a stored version, which object lock would prevent. */
function changeByte(bucket: TestBucket, end: string): void {
  const version = bucket.versions.get(nameOf(bucket, end));
  if (version === undefined) throw new Error(`There is no ${end}.`);
  const content = Buffer.from(version.content);
  content.writeUInt8(content.readUInt8(content.length - 3) ^ 1, content.length - 3);
  version.content = content;
}

test('an untouched chain is intact, and the verification says what it checked', async () => {
  const bucket = await reportThreeWeeks(reports);
  const rows = await findReports(database.pool);

  expect((await documentOf(bucket, 2)).previous).toEqual({
    week: second,
    sha256: rows[1]?.sha256,
  });
  await expect(verify(bucket, 2)).resolves.toEqual({
    chain: 'intact',
    checked: {
      reports: 3,
      firstWeek: '2026-11-16',
      lastWeek: last,
      signatures: 3,
      files: 15,
      versions: 15,
      rows: 3,
    },
    notChecked: [],
    signedSince: '2026-11-16',
    unsignedReports: 0,
    publicKeySha256: key.publicKey.fingerprint,
    head: { week: last, sha256: rows[2]?.sha256 },
    notes: [],
    problems: [],
  });
});

test('an empty bucket with an empty table is empty, not intact', async () => {
  await expect(verify(anEvidenceBucket())).resolves.toMatchObject({ chain: 'empty', problems: [] });
});

test.each(['report.json', 'report.csv', 'report.html', 'report.pdf', 'report.sig'])(
  'detects a changed byte in %s',
  async (name) => {
    const bucket = await reportThreeWeeks(reports);
    changeByte(bucket, `${second}/${name}`);

    const { chain, problems } = await verify(bucket, 2);

    expect(chain).toBe('broken');
    expect(problems.map(({ week }) => week)).toContain(second);
  },
);

test.each(['report.json', 'report.csv', 'report.html', 'report.pdf', 'report.sig'])(
  'detects the missing file %s',
  async (name) => {
    const bucket = await reportThreeWeeks(reports);
    bucket.versions.delete(nameOf(bucket, `${second}/${name}`));

    const { chain, problems } = await verify(bucket, 2);

    expect(chain).toBe('broken');
    expect(problems.map(({ week }) => week)).toContain(second);
  },
);

test('a signature of another key verifies nothing', async () => {
  const bucket = await reportThreeWeeks(reports);
  const { verify: verifyWithOtherKey } = residencyReportsOn(database);

  const { chain, signedSince, unsignedReports } = await verifyWithOtherKey(bucket, 2);

  expect({ chain, signedSince, unsignedReports }).toEqual({
    chain: 'broken',
    signedSince: undefined,
    unsignedReports: 3,
  });
});

test('a week is missing a day after its report was due, not before', async () => {
  const bucket = await reportThreeWeeks(reports);

  expect((await verify(bucket, 2)).chain).toBe('intact');
  expectBroken(await verify(bucket, 3), ['2026-12-07', /The bucket has no report of this week/]);
});
