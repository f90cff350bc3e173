import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type EvidenceBucket,
  ObjectExistsError,
  openEvidenceBucket,
} from '../../../../lambdas/platform/aws/evidence-bucket.ts';
import { sha256 } from '../../../../lambdas/platform/evidence-signature.ts';
import { type LocalS3, startS3 } from '../../../../local/aws/s3.ts';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';
import { useAwsEnvironment } from '../../../support/aws/aws-service.ts';

const directory = makeTemporaryDirectory('s3');
let s3: LocalS3;

beforeAll(async () => {
  s3 = await startS3(directory.path);
  useAwsEnvironment({ AWS_ENDPOINT_URL_S3: s3.url });
});

afterAll(async () => {
  await s3.stop();
  directory.remove();
});

const put = (bucket: EvidenceBucket, key: string, content: string, ifAbsent = false) =>
  bucket.put({ key, content, contentType: 'text/plain', sha256: sha256(content), ifAbsent });

test('lists every version of every key, and the newest of each as the latest', async () => {
  const bucket = openEvidenceBucket('evidence-a');
  const first = await put(bucket, 'residency/2026-11-16/report.csv', 'one');
  const second = await put(bucket, 'residency/2026-11-16/report.csv', 'two');
  const other = await put(bucket, 'residency/2026-11-09/report.csv', 'three');
  await put(bucket, 'other/2026-11-09/report.csv', 'four');

  const versions = await bucket.listVersions('residency/');

  expect(
    versions.map(({ key, versionId, isLatest }) => [key.slice(10, 20), versionId, isLatest]),
  ).toEqual([
    ['2026-11-09', other, true],
    ['2026-11-16', second, true],
    ['2026-11-16', first, false],
  ]);
  expect(versions.every(({ isDeleteMarker }) => !isDeleteMarker)).toBe(true);
  const content = await bucket.get('residency/2026-11-16/report.csv', first);
  expect(Buffer.from(content ?? '').toString()).toBe('one');
});

test('lists more versions than one page holds, each once', async () => {
  const bucket = openEvidenceBucket('evidence-b');
  for (let index = 0; index < 1_100; index += 1) {
    const folder = join(
      directory.path,
      `.versions/evidence-b/residency/w${index % 300}/report.csv`,
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `version-${index}`), String(index));
  }

  const versions = await bucket.listVersions('residency/');

  expect(new Set(versions.map(({ key, versionId }) => `${key} ${versionId}`)).size).toBe(1_100);
  expect(versions.filter(({ isLatest }) => isLatest)).toHaveLength(300);
});

test('writes a key that must be absent once', async () => {
  const bucket = openEvidenceBucket('evidence-c');

  await put(bucket, 'residency/2026-11-16/report.json', 'one', true);

  await expect(put(bucket, 'residency/2026-11-16/report.json', 'two', true)).rejects.toBeInstanceOf(
    ObjectExistsError,
  );
  await expect(bucket.listVersions('residency/')).resolves.toHaveLength(1);
  await expect(openEvidenceBucket('evidence-d').listVersions('')).resolves.toEqual([]);
});
