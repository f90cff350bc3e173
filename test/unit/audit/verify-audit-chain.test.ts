import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditRecord } from '../../../lambdas/audit/audit-hash.ts';
import type { SignedPosition } from '../../../lambdas/audit/signed-head.ts';
import { verifyAuditChain } from '../../../lambdas/audit/verify-audit-chain.ts';
import { aChain } from '../../support/audit.ts';

async function* stream(records: readonly AuditRecord[]) {
  yield* records;
}
const verify = (records: readonly AuditRecord[], heads: readonly SignedPosition[] = []) =>
  verifyAuditChain(stream(records), heads);
const headOf = (records: readonly AuditRecord[], position: number): SignedPosition => ({
  position,
  hash: records.find((record) => record.position === position)?.hash ?? '',
  signedAt: new Date('2026-03-02T00:00:00Z'),
});

test('finds no problem in an empty log', async () => {
  await expect(verify([])).resolves.toMatchObject({ records: 0, problems: [] });
});

test('finds every single change of a record', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.string()), { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.constantFrom('at', 'operator', 'command', 'reason', 'requestId', 'arguments', 'result'),
      fc.string(),
      async (reasons, nth, field, text) => {
        const chain = aChain(reasons);
        const index = nth % chain.length;
        const changed = chain.map((record, at) =>
          at === index ? { ...record, [field]: `${text}!` } : record,
        );
        fc.pre(JSON.stringify(changed) !== JSON.stringify(chain));

        expect((await verify(chain)).problems).toEqual([]);
        expect((await verify(changed)).problemCount).toBeGreaterThan(0);
      },
    ),
  );
});

test('finds records that were removed at the end, or all of them, only with a head', async () => {
  const chain = aChain(['a', 'b', 'c']);

  expect((await verify(chain.slice(0, 2))).problems).toEqual([]);
  expect((await verify(chain.slice(0, 2), [headOf(chain, 3)])).problems).toEqual([
    'Records up to 3 were signed, but the log ends at 2.',
  ]);
  expect((await verify([], [headOf(chain, 3)])).problems).toEqual([
    'Records up to 3 were signed, but the log ends at 0.',
  ]);
});

test('finds a chain that was computed anew', async () => {
  const chain = aChain(['a', 'b', 'c']);
  const forged = aChain(['a', 'x', 'c']);

  expect((await verify(forged)).problems).toEqual([]);
  expect((await verify(forged, [headOf(chain, 2)])).problems).toEqual([
    'Record 2 differs from the head that was signed.',
  ]);
});

test('finds a prune of records that a recent head still covers', async () => {
  const chain = aChain(['a', 'b', 'c', 'd']);
  const [, second, third] = chain;
  const result = JSON.stringify({ deleted: 2, through: 2, hash: second?.hash });
  const prune = aChain([null]).map((record) => ({ ...record, command: 'audit prune', result }));
  const rest = [third, ...prune].filter((record) => record !== undefined);

  const { problems } = await verify(rest, [headOf(chain, 1)]);

  expect(problems).toContainEqual(
    expect.stringContaining('deleted records younger than 365 days, up to 2.'),
  );
});

test('reports at most 100 problems and counts all', async () => {
  const broken = aChain(Array.from({ length: 150 }, () => 'x')).map((record) => ({
    ...record,
    reason: 'y',
  }));

  const { problems, problemCount } = await verify(broken);

  expect([problems.length, problemCount]).toEqual([100, 150]);
});
