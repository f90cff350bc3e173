import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { auditHash } from '../../../lambdas/audit/audit-hash.ts';
import { pruneActions, recordAction } from '../../../lambdas/audit/audit-log.queries.ts';
import { verifyAuditChain } from '../../../lambdas/audit/verify-audit-chain.ts';
import { makeAuditCommands } from '../../../lambdas/operations/commands/audit-commands.ts';
import { addActions, anAction, anAuditBucket, chainOf, tamper } from '../../support/audit.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

const database = useDatabase({ connections: 12 });
const { evidenceKey, evidence } = anAuditBucket();
const commands = makeAuditCommands({
  pool: async () => database.pool,
  evidence,
  evidenceKey,
  stage: 'test',
  now: () => new Date(),
});
const verify = () => commands['audit verify']({}, 'operator');

beforeEach(() => tamper(database.pool, 'truncate portal.operator_actions'));

test('chains each record, whatever its texts contain', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        reason: fc.option(fc.string({ unit: anyCharacter })),
        arguments: fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>),
      }),
      async (changes) => {
        await recordAction(database.pool, anAction(changes));
      },
    ),
    { numRuns: 60 },
  );

  const records = await chainOf(database.pool, 7);
  expect(records).toHaveLength(60);
  for (const record of records) expect(auditHash(record)).toBe(record.hash);
  expect(await verify()).toMatchObject({ chain: 'unsigned', records: 60, first: 1, problems: [] });
});

test('gives concurrent records positions without gaps', async () => {
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      recordAction(database.pool, anAction({ reason: `reason ${index}` })),
    ),
  );

  const positions = (await chainOf(database.pool)).map(({ position }) => position);
  expect(positions).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(await verify()).toMatchObject({ chain: 'unsigned' });
});

describe('rejects', () => {
  test.each([
    `update portal.operator_actions set reason = 'another'`,
    `update portal.operator_actions set hash = hash`,
    'delete from portal.operator_actions',
    'truncate portal.operator_actions',
    'truncate portal.operator_actions cascade',
  ])('%s', async (statement) => {
    // The trigger compares with the clock of the database.
    await recordAction(database.pool, anAction({ at: new Date() }));

    await expect(database.pool.query(statement)).rejects.toThrow('The audit log is append-only');

    expect(await chainOf(database.pool)).toHaveLength(1);
  });

  test('a record that claims another position or hash', async () => {
    await database.pool.query(
      `insert into portal.operator_actions
              (at, operator, command, arguments, result, position, previous_hash, hash)
       values (now(), 'a', 'b', '{}', '{}', 99, 'x', 'y')`,
    );

    expect(await verify()).toMatchObject({ chain: 'unsigned', first: 1 });
  });
});

describe('shows that the owner of the table', () => {
  test.each([
    [
      'changed a record',
      `update portal.operator_actions set operator = 'somebody' where position = 3`,
      'Record 3 was changed',
    ],
    [
      'changed the time of a record by a microsecond',
      `update portal.operator_actions set at = at + interval '1 microsecond' where position = 3`,
      'Record 3 was changed',
    ],
    [
      'moved text from one field to the next',
      `update portal.operator_actions set operator = operator || 'e', command = substr(command, 2)
        where position = 3`,
      'Record 3 was changed',
    ],
    [
      'removed a record',
      'delete from portal.operator_actions where position = 3',
      'Records 3 to 3 are missing.',
    ],
    [
      'removed the first records',
      'delete from portal.operator_actions where position < 3',
      'Records 1 to 2 are missing, and no prune recorded their deletion.',
    ],
    [
      'computed the hash of a changed record',
      `update portal.operator_actions set reason = 'other' where position = 3;
       update portal.operator_actions as action set hash = portal.operator_action_hash(action)
        where position = 3`,
      'Record 4 does not follow record 3: another hash.',
    ],
    [
      'added a record without the trigger',
      `insert into portal.operator_actions (at, operator, command, arguments, result)
       values (now(), 'a', 'b', '{}', '{}')`,
      '1 records are not in the chain.',
    ],
  ])('%s', async (_, statement, problem) => {
    await addActions(database.pool, 5);
    await tamper(database.pool, statement);

    const result = await verify();

    expect(result).toMatchObject({ chain: 'broken' });
    expect(result?.['problems']).toContainEqual(expect.stringContaining(problem));
  });
});

describe('prune', () => {
  const day = (text: string) => new Date(`${text}T00:00:00Z`);

  test('deletes records that are older than a year, oldest first, in chunks', async () => {
    for (const at of ['2024-01-01', '2024-02-01', '2024-03-01', '2026-11-01'])
      await recordAction(database.pool, anAction({ at: day(at) }));

    await expect(pruneActions(database.pool, day('2025-01-01'), 2)).resolves.toMatchObject({
      deleted: 2,
      through: 2,
    });
    const second = await pruneActions(database.pool, day('2025-01-01'), 2);
    expect(second).toMatchObject({ deleted: 1, through: 3, hash: expect.any(String) });
    await expect(pruneActions(database.pool, day('2025-01-01'), 2)).resolves.toEqual({
      deleted: 0,
      through: null,
      hash: null,
    });

    const { through, hash } = second;
    const result = { deleted: 1, through, hash };
    await recordAction(database.pool, anAction({ at: new Date(), command: 'audit prune', result }));
    expect(await verify()).toMatchObject({ chain: 'unsigned', first: 4, records: 2 });
  });

  test('keeps an old record that follows a kept one', async () => {
    for (const at of ['2026-11-01', '2024-01-01'])
      await recordAction(database.pool, anAction({ at: day(at) }));

    await expect(pruneActions(database.pool, day('2025-01-01'), 9)).resolves.toMatchObject({
      deleted: 0,
    });
  });
});

test('lists records newest first, with operators in full, other addresses redacted', async () => {
  await addActions(database.pool, 2);
  await recordAction(
    database.pool,
    anAction({
      command: 'suppressions lift',
      arguments: { address: 'noa@example.org' },
      reason: 'asked for by noa@example.org',
    }),
  );

  const first = await commands['audit list']({ limit: 2 }, 'operator');
  const rest = await commands['audit list']({ limit: 2, cursor: '2' }, 'operator');
  const found = await commands['audit list'](
    { limit: 9, operator: 'MIRA@', command: 'suppressions lift' },
    'operator',
  );

  expect(first).toMatchObject({ records: [{ position: '3' }, { position: '2' }], cursor: '2' });
  expect(rest).toMatchObject({ records: [{ position: '1' }], cursor: undefined });
  expect(found).toMatchObject({
    records: [
      {
        operator: expect.stringContaining('/mira@example.org'),
        arguments: { address: '***@example.org' },
        reason: 'asked for by ***@example.org',
      },
    ],
  });
});

test('verifies against the heads that were signed', async () => {
  await addActions(database.pool, 3);
  const [, second] = await chainOf(database.pool);
  const head = { position: 2, hash: second?.hash ?? '', signedAt: new Date() };
  await tamper(database.pool, 'delete from portal.operator_actions where position > 1');

  await expect(
    verifyAuditChain((await chainOf(database.pool)).values() as never, [head]),
  ).resolves.toMatchObject({
    problems: ['Records up to 2 were signed, but the log ends at 1.'],
  });
});
