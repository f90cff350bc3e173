import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';
import { opsProgram, runRecorded } from '../../../support/command-line.ts';
import type { TestBucket } from '../../../support/residency/evidence.ts';
import { aLongChain, type LongChain } from '../../../support/residency/long-chain.ts';
import { aSigningKey } from '../../../support/residency/signing-key.ts';

const key = aSigningKey();
let directory: TemporaryDirectory;
let chain: LongChain;

beforeEach(async () => {
  directory = makeTemporaryDirectory('evidence');
  chain = await aLongChain(3, key, '2026-11-09');
});
afterEach(() => directory.remove());

function write(name: string, content: string | Uint8Array): void {
  const file = join(directory.path, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Writes the newest version of each file, as `aws s3 sync` does. */
async function download(bucket: TestBucket): Promise<void> {
  for (const { key, versionId, isLatest } of await bucket.listVersions('residency/'))
    if (isLatest) write(key, (await bucket.get(key, versionId)) ?? '');
  write('public-key.pem', chain.key.publicKey.pem);
}

/** Writes what `aws s3api list-object-versions` prints. */
async function downloadVersions(bucket: TestBucket): Promise<void> {
  const listed = (await bucket.listVersions('residency/')).map((version) => ({
    ...version,
    Key: version.key,
    VersionId: version.versionId,
    IsLatest: version.isLatest,
    LastModified: version.lastModified,
  }));
  const Versions = listed.filter(({ isDeleteMarker }) => !isDeleteMarker);
  const DeleteMarkers = listed.filter(({ isDeleteMarker }) => isDeleteMarker);
  write('versions.json', JSON.stringify({ Versions, DeleteMarkers }));
}

async function verify(folder = directory.path) {
  const words = ['residency', 'verify', '--json', '--offline', folder];
  const { code, out, err } = await runRecorded(opsProgram, words, { now: () => chain.now });
  return { code, err, result: out === '' ? undefined : JSON.parse(out) };
}

describe('residency verify --offline', () => {
  test('verifies a downloaded folder, and says what it could not check', async () => {
    await download(chain.bucket);

    const { code, result } = await verify();

    expect(code).toBe(0);
    expect(result).toMatchObject({
      chain: 'intact',
      checked: { reports: 3, signatures: 3, files: 15, versions: 15 },
      publicKeySha256: chain.key.publicKey.fingerprint,
      notChecked: [
        'Rows of residency_reports: they are in the database',
        'Upload times, deleted files and older versions: the folder has no versions.json',
      ],
    });
  });

  test('checks times, deleted files and older versions with the list of versions', async () => {
    chain.bucket.markDeleted('residency/2026-11-16/report.pdf');
    const forged = chain.bucket.forge('residency/2026-11-23/report.csv', 'forged');
    await download(chain.bucket);
    await downloadVersions(chain.bucket);

    const { code, result } = await verify();

    expect(code).toBe(1);
    expect(result.problems).toEqual(
      expect.arrayContaining([
        { week: '2026-11-16', problem: expect.stringContaining('report.pdf was deleted at') },
        { week: '2026-11-23', problem: expect.stringContaining('report.csv') },
      ]),
    );
    expect(JSON.stringify(result.problems)).not.toContain('backdated');
    expect(forged).toMatch(/^v/);
  });

  test.each(['report.json', 'report.csv', 'report.html', 'report.pdf', 'report.sig'])(
    'finds a changed %s',
    async (name) => {
      await download(chain.bucket);
      write(`residency/2026-11-16/${name}`, 'forged');

      const { code, result } = await verify();

      expect({ code, chain: result.chain }).toEqual({ code: 1, chain: 'broken' });
      expect(JSON.stringify(result.problems)).toContain('2026-11-16');
    },
  );

  test('finds a removed report, also the newest', async () => {
    await download(chain.bucket);
    rmSync(join(directory.path, 'residency/2026-11-23'), { recursive: true });

    expect((await verify()).result.problems).toEqual([
      {
        week: '2026-11-23',
        problem: expect.stringContaining('The bucket has no report of this week.'),
      },
    ]);
  });

  test('accepts no signature of another key', async () => {
    await download(chain.bucket);
    write('public-key.pem', aSigningKey().publicKey.pem);

    const { code, result } = await verify();

    expect(code).toBe(1);
    expect(result).toMatchObject({ chain: 'broken', unsignedReports: 3 });
    expect(result.problems[0].problem).toBe(
      'residency/2026-11-09/report.sig does not sign report.json with this public key.',
    );
  });

  test.each([
    ['no folder', async () => {}, 'missing', /--offline '.*missing' is no folder\./],
    ['no reports', async () => {}, '', /has no reports: expected files such as residency\//],
    [
      'no public key',
      async () => {
        await download(chain.bucket);
        rmSync(join(directory.path, 'public-key.pem'));
      },
      '',
      /has no public-key.pem\. .* residency key --out public-key.pem/,
    ],
    [
      'another file as the public key',
      async () => {
        await download(chain.bucket);
        write('public-key.pem', 'no key');
      },
      '',
      /public-key.pem is no public key in PEM/,
    ],
    [
      'another file as the list of versions',
      async () => {
        await download(chain.bucket);
        write('versions.json', '{"Versions":[{"Key":1}]}');
      },
      '',
      /versions.json is not the output of aws s3api list-object-versions/,
    ],
  ])('explains %s', async (_, prepare, path, message) => {
    await prepare();

    const { code, err } = await verify(join(directory.path, path));

    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
