import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { exportAuditLog } from '../../../../cli/ops/commands/export-audit-log.ts';
import type { AuditRecord } from '../../../../lambdas/audit/audit-hash.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';
import { aChain, anAuditBucket, signHeadOf } from '../../../support/audit.ts';
import { opsProgram, runRecorded } from '../../../support/command-line.ts';

const keys = anAuditBucket();
const chain = aChain(['a', 'b', 'c']);
const signedAt = new Date('2026-11-30T22:00:00Z');
let directory: TemporaryDirectory;

beforeEach(async () => {
  directory = makeTemporaryDirectory('audit-log');
  const world = anAuditBucket(keys.key);
  for (const [index, count] of [2, 3].entries())
    await signHeadOf(world, chain.slice(0, count), {
      signedAt: new Date(signedAt.getTime() + index * 60_000),
    });
  for (const [name, { content }] of world.evidence.versions)
    write(name.split(' ')[0] ?? '', content);
  write('public-key.pem', keys.key.publicKey.pem);
  writeRecords(chain);
});
afterEach(() => directory.remove());

function write(name: string, content: string | Uint8Array): void {
  const file = join(directory.path, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const writeRecords = (records: readonly AuditRecord[]) =>
  write('audit-log.ndjson', records.map((one) => `${JSON.stringify(one)}\n`).join(''));

async function verify(...options: readonly string[]) {
  const words = ['audit', 'verify', '--json', '--offline', directory.path, ...options];
  const { code, out, err } = await runRecorded(opsProgram, words, { now: () => signedAt });
  return { code, err, result: out === '' ? undefined : JSON.parse(out) };
}

test('verifies a downloaded folder, and says what it could not check', async () => {
  const { code, result } = await verify();

  expect(code).toBe(0);
  expect(result).toMatchObject({
    chain: 'intact',
    stage: 'prod',
    records: 3,
    heads: { checked: 2, newest: { sequence: 2, position: 3, hash: chain[2]?.hash } },
    publicKeySha256: keys.key.publicKey.fingerprint,
    notChecked: ['Upload times, deleted files and older versions: the folder has no versions.json'],
  });
});

test('finds records that are missing from the export', async () => {
  writeRecords(chain.slice(0, 2));

  const { code, result } = await verify();

  expect(code).toBe(1);
  expect(result.problems).toEqual(['Records up to 3 were signed, but the log ends at 2.']);
});

test('verifies heads alone, and says so', async () => {
  rmSync(join(directory.path, 'audit-log.ndjson'));

  const { code, result } = await verify();

  expect(code).toBe(0);
  expect(result.notChecked).toContain('Records: the folder has no audit-log.ndjson');
});

test('accepts no head of another key', async () => {
  write('public-key.pem', anAuditBucket().key.publicKey.pem);

  const { code, result } = await verify();

  expect({ code, chain: result.chain }).toEqual({ code: 1, chain: 'broken' });
  expect(result.heads.checked).toBe(0);
});

test.each<[string, () => void, string]>([
  [
    'lacks heads',
    () => rmSync(join(directory.path, 'audit'), { recursive: true }),
    'has no signed heads of the audit log: expected files such as',
  ],
  ['lacks the key', () => rmSync(join(directory.path, 'public-key.pem')), 'has no public-key.pem'],
  [
    'has an unreadable record',
    () => write('audit-log.ndjson', '{"position":1}\n'),
    'audit-log.ndjson, line 1 is no record of the audit log',
  ],
])('explains a folder that %s', async (_, change, explanation) => {
  change();

  const { code, err } = await verify();

  expect(code).not.toBe(0);
  expect(err).toContain(explanation);
});

test('exports every page to a new file that only its owner can read', async () => {
  const file = join(directory.path, 'export.ndjson');
  const requested: unknown[] = [];
  const printed: unknown[] = [];
  const context = {
    runCommand: async ({ arguments: given }: { arguments: Record<string, unknown> }) => {
      requested.push(given);
      return given['cursor'] === undefined
        ? { exported: 2, through: 2, records: chain.slice(0, 2), cursor: '2' }
        : { exported: 1, through: 3, records: chain.slice(2) };
    },
    print: (result: unknown) => printed.push(result),
  };

  await exportAuditLog.run({ limit: 2 }, { out: file }, context as never);

  expect(requested).toEqual([{ limit: 2 }, { limit: 2, cursor: '2' }]);
  expect(printed).toEqual([{ exported: 3, file }]);
  expect(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(chain);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(exportAuditLog.run({}, { out: file }, context as never)).rejects.toThrow('EEXIST');
});
