import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../../lambdas/audit/audit-hash.ts';
import { headKey } from '../../../lambdas/audit/head-files.ts';
import { type AuditLogToVerify, verifyAuditLog } from '../../../lambdas/audit/verify-audit-log.ts';
import { aChain, anAuditBucket, signHeadOf, streamOf } from '../../support/audit.ts';

const keys = anAuditBucket();
const chain = aChain(['a', 'b', 'c', 'd', 'e', 'f']);
const hour = (count: number) => new Date(Date.UTC(2026, 10, 30, count));
let world: ReturnType<typeof anAuditBucket>;

/** Signs heads of the first two, four and six records, one each hour, across two months. */
beforeEach(async () => {
  world = anAuditBucket(keys.key);
  for (const [index, count] of [2, 4, 6].entries())
    await signHeadOf(world, chain.slice(0, count), { signedAt: hour(22 + index) });
});

async function verify(
  records: readonly AuditRecord[] = chain,
  changes: Partial<AuditLogToVerify> = {},
) {
  return verifyAuditLog({
    records: streamOf(records),
    unchained: 0,
    versions: await world.evidence.listVersions('audit/'),
    read: ({ key, versionId }) => world.evidence.get(key, versionId),
    publicKey: keys.key.publicKey,
    stage: 'prod',
    limit: 1_000,
    now: hour(25),
    knownBreaks: [],
    ...changes,
  });
}

const removeVersion = (key: string) => {
  for (const name of world.evidence.versions.keys())
    if (name.startsWith(`${key} `)) world.evidence.versions.delete(name);
};
const contentOf = (key: string) =>
  [...world.evidence.versions].find(([name]) => name.startsWith(`${key} `))?.[1].content ?? '';
const second = headKey(hour(23), 2);

test('says what it checked of an intact log', async () => {
  await expect(verify()).resolves.toMatchObject({
    chain: 'intact',
    records: 6,
    heads: { checked: 3, newest: { sequence: 3, position: 6 }, breaks: [] },
    unsignedRecords: 0,
    publicKeySha256: keys.key.publicKey.fingerprint,
    problems: [],
    notes: [],
    notChecked: [],
  });
});

describe('finds a log', () => {
  test.each<[string, readonly AuditRecord[], string]>([
    ['that was emptied', [], 'Records up to 6 were signed, but the log ends at 0.'],
    [
      'without its newest record',
      chain.slice(0, 5),
      'Records up to 6 were signed, but the log ends at 5.',
    ],
    [
      'that was rewritten as a whole',
      aChain(['a', 'b', 'c', 'x', 'e', 'f']),
      'Record 4 differs from the head that was signed.',
    ],
    [
      'that was emptied and refilled',
      aChain(['x', 'y', 'z', 'x', 'y', 'z', 'x']),
      'Record 2 differs from the head that was signed.',
    ],
    [
      'with two swapped records',
      [0, 2, 1, 3, 4, 5].map((index) => chain[index]).filter((one) => one !== undefined),
      'Records 2 to 2 are missing.',
    ],
    [
      'that starts later, without a prune',
      chain.slice(3),
      'Records 1 to 3 are missing, and no prune recorded their deletion.',
    ],
  ])('%s', async (_, records, problem) => {
    const result = await verify(records);

    expect(result.chain).toBe('broken');
    expect(result.problems).toContainEqual(problem);
  });
});

describe('finds in the bucket', () => {
  test.each<[string, () => Promise<void> | void, string]>([
    [
      'a deleted head',
      () => world.evidence.markDeleted(second),
      `${second} was deleted at 2026-12-01T00:00:00.000Z (delete marker marker)`,
    ],
    [
      'a head that is gone with all its versions',
      () => removeVersion(second),
      'Heads missing from the bucket: 1 of 3, the first is head 2.',
    ],
    [
      'the first head gone',
      () => removeVersion(headKey(hour(22), 1)),
      'Heads missing from the bucket: 1 of 3, the first is head 1.',
    ],
    [
      'a replaced head',
      () => {
        world.evidence.forge(second, '{}');
      },
      'is no head: the job sign-audit-head did not write it.',
    ],
    [
      'a head that another key signed',
      async () => {
        const other = { ...anAuditBucket(), evidence: world.evidence };
        await signHeadOf(other, chain, { signedAt: hour(25) });
      },
      'has no valid signature: the job sign-audit-head did not write it.',
    ],
    [
      'a genuine head under another name',
      () => {
        world.evidence.forge(headKey(hour(25), 4), contentOf(second));
      },
      'is a copy of head 2, under another name.',
    ],
    [
      'a head of another stage',
      async () => {
        world.evidence.forge('audit/x', '');
        await signHeadOf(world, chain, { signedAt: hour(25), stage: 'dev' });
      },
      "is a head of the stage 'dev'.",
    ],
    [
      'an object that is no head',
      () => {
        world.evidence.forge('audit/2026-11/other.txt', '');
      },
      'is no head of the audit log.',
    ],
    [
      'a head that was signed at another time than stored',
      () => {
        for (const version of world.evidence.versions.values())
          version.lastModified = new Date(version.lastModified.getTime() - 3_600_000);
      },
      'the head is backdated.',
    ],
  ])('%s', async (_, cheat, problem) => {
    await cheat();

    const result = await verify();

    expect(result.chain).toBe('broken');
    expect(result.problems).toContainEqual(expect.stringContaining(problem));
  });
});

test('a forged head proves nothing of the records', async () => {
  const forged = aChain(['x', 'y']);
  const other = { ...anAuditBucket(), evidence: world.evidence };
  await signHeadOf(other, forged, { signedAt: hour(25) });

  const { heads, chain: state } = await verify(forged);

  expect({ state, newest: heads.newest?.sequence }).toEqual({ state: 'broken', newest: 3 });
});

test('a head that does not continue the one before is a finding until it is accepted', async () => {
  const linked = aChain(['a', 'b', 'c', 'g', 'h']);
  await signHeadOf(world, linked, { signedAt: hour(25) });
  await signHeadOf(world, aChain(['a', 'b', 'c', 'g', 'h', 'i']), { signedAt: hour(26) });
  const now = aChain(['a', 'b', 'c', 'g', 'h', 'i', 'j']);

  const strict = await verify(now);
  const accepting = await verify(now, { knownBreaks: [4] });

  expect(strict).toMatchObject({ chain: 'broken', heads: { breaks: [4] } });
  expect(strict.problems).toContainEqual(
    expect.stringContaining('Head 4 does not continue head 3'),
  );
  expect(accepting).toMatchObject({ chain: 'intact', problems: [], unsignedRecords: 1 });
  await expect(verify(linked, { knownBreaks: [4] })).resolves.toMatchObject({ chain: 'broken' });
});

test('is unsigned if no head exists, or if the newest one is older than a day', async () => {
  await expect(verify(chain, { now: hour(51) })).resolves.toMatchObject({
    chain: 'unsigned',
    notes: [expect.stringContaining('The newest head was signed at 2026-12-01T00:00:00.000Z')],
  });
  await expect(verify(chain, { now: hour(50) })).resolves.toMatchObject({ chain: 'intact' });
  await expect(verify(chain, { versions: [] })).resolves.toMatchObject({
    chain: 'unsigned',
    unsignedRecords: 6,
  });
  await expect(verify([], { versions: [] })).resolves.toMatchObject({ chain: 'empty' });
});

test('reads the newest heads only, and says so', async () => {
  const { notChecked, heads, chain: state } = await verify(chain, { limit: 2 });

  expect({ notChecked, checked: heads.checked, state }).toEqual({
    notChecked: ['Contents of the 1 oldest heads: verify them offline'],
    checked: 2,
    state: 'intact',
  });
});
