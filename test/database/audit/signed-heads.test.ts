import { beforeEach, describe, expect, test } from '@jest/globals';
import { pruneActions, recordAction } from '../../../lambdas/audit/audit-log.queries.ts';
import { makeSignHead } from '../../../lambdas/audit/sign-head.ts';
import { makeAuditCommands } from '../../../lambdas/operations/commands/audit-commands.ts';
import { addActions, anAction, anAuditBucket, tamper } from '../../support/audit.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase({ connections: 4 });
const pool = async () => database.pool;
const keys = anAuditBucket();
const run = { scheduledAt: new Date(), remainingMs: () => 60_000 };
let at: Date;
let world: ReturnType<typeof anAuditBucket>;

beforeEach(async () => {
  await tamper(database.pool, 'truncate portal.operator_actions');
  world = anAuditBucket(keys.key);
  at = new Date('2026-11-30T22:00:00Z');
});

const now = () => at;
const later = (minutes: number) => {
  at = new Date(at.getTime() + minutes * 60_000);
};
const sign = () => {
  world.evidence.now = at;
  const { evidence: bucket, key, evidenceKey: publicKey } = world;
  return makeSignHead({ pool, bucket, signer: key.signer, publicKey, stage: 'test', now })(run);
};
const verify = (given = {}) => {
  const { evidence, evidenceKey } = world;
  const commands = makeAuditCommands({ pool, evidence, evidenceKey, stage: 'test', now });
  return commands['audit verify'](given, 'operator');
};

test('signs the newest record once, again after a change, and again after a day', async () => {
  await expect(sign()).resolves.toEqual({ HeadsSigned: 0, AuditProblemsFound: 0 });
  await addActions(database.pool, 2);

  const signed: unknown[] = [];
  for (const [minutes, actions] of [
    [5, 0],
    [5, 0],
    [5, 1],
    [1_439, 0],
    [1, 0],
  ] as const) {
    later(minutes);
    await addActions(database.pool, actions);
    signed.push((await sign()).HeadsSigned);
  }

  expect(signed).toEqual([1, 0, 1, 0, 1]);
  expect([...world.evidence.versions.keys()].map((name) => name.split(' ')[0])).toEqual([
    'audit/2026-11/head-0000000001.json',
    'audit/2026-11/head-0000000002.json',
    'audit/2026-12/head-0000000003.json',
  ]);
  await expect(verify()).resolves.toMatchObject({
    chain: 'intact',
    records: 3,
    heads: { checked: 3, newest: { sequence: 3, position: 3 } },
  });
});

test('signs one head if two runs start at the same time', async () => {
  await addActions(database.pool, 1);

  const results = await Promise.all([sign(), sign()]);

  expect(results.map(({ HeadsSigned }) => HeadsSigned).toSorted()).toEqual([0, 1]);
  await expect(verify()).resolves.toMatchObject({ chain: 'intact', heads: { checked: 1 } });
});

test('signs although a forged object has the name of the next head', async () => {
  await addActions(database.pool, 1);
  world.evidence.forge('audit/2026-11/head-0000000001.json', '{}');
  world.evidence.forge('audit/2026-11/head-9999999999.json', '{}');

  await expect(sign()).resolves.toMatchObject({ HeadsSigned: 1 });

  await expect(verify()).resolves.toMatchObject({
    chain: 'broken',
    heads: { newest: { sequence: 1 } },
    problems: expect.arrayContaining([expect.stringContaining('head-0000000001.json')]),
  });
});

const REHASH = `
  do $$
  declare
    action portal.operator_actions;
    previous text := repeat('0', 64);
  begin
    for action in select * from portal.operator_actions order by position loop
      action.previous_hash := previous;
      previous := portal.operator_action_hash(action);
      update portal.operator_actions set previous_hash = action.previous_hash, hash = previous
       where position = action.position;
    end loop;
  end $$`;

describe('the job and the command find that the owner of the table', () => {
  test.each<[string, readonly string[], string]>([
    [
      'emptied it',
      ['truncate portal.operator_actions'],
      'Records up to 4 were signed, but the log ends at 0.',
    ],
    [
      'removed the newest record',
      ['delete from portal.operator_actions where position = 4'],
      'Records up to 4 were signed, but the log ends at 3.',
    ],
    [
      'rewrote the whole chain',
      [`update portal.operator_actions set operator = 'nobody' where position = 2`, REHASH],
      'Record 4 differs from the head that was signed.',
    ],
    [
      'swapped two records',
      [
        'update portal.operator_actions set position = 99 where position = 2',
        'update portal.operator_actions set position = 2 where position = 3',
        'update portal.operator_actions set position = 3 where position = 99',
        REHASH,
      ],
      'Record 4 differs from the head that was signed.',
    ],
    [
      'changed one record',
      [`update portal.operator_actions set reason = 'other' where position = 2`],
      'Record 2 was changed: its hash differs from its content.',
    ],
  ])('%s', async (_, statements, problem) => {
    await addActions(database.pool, 4);
    await sign();
    await tamper(database.pool, ...statements);
    await expect(verify()).resolves.toMatchObject({
      chain: 'broken',
      problems: expect.arrayContaining([problem]),
    });

    // The next operator acts, and a day passes.
    await addActions(database.pool, 1);
    later(1_440);
    const first = await sign();
    await addActions(database.pool, 1);
    later(5);
    const second = await sign();

    expect(first).toEqual({ HeadsSigned: 1, AuditProblemsFound: expect.any(Number) });
    expect(first.AuditProblemsFound).toBeGreaterThan(0);
    // The alarm begins once for each change.
    expect(second).toEqual({ HeadsSigned: 1, AuditProblemsFound: 0 });
    await expect(verify()).resolves.toMatchObject({ chain: 'broken' });
  });
});

test('a restored database is accepted with the number of its head', async () => {
  await addActions(database.pool, 4);
  await sign();
  await tamper(database.pool, 'delete from portal.operator_actions where position > 2');
  await addActions(database.pool, 1);
  later(5);
  await sign();

  await expect(verify()).resolves.toMatchObject({ chain: 'broken', heads: { breaks: [2] } });
  await expect(verify({ knownBreaks: '2' })).resolves.toMatchObject({ chain: 'intact' });
});

test('a prune of old records is no break', async () => {
  for (const day of ['2024-01-01', '2024-02-01', '2026-11-30'])
    await recordAction(database.pool, anAction({ at: new Date(`${day}T00:00:00Z`) }));
  at = new Date('2024-02-01T00:05:00Z');
  await sign();
  at = new Date('2026-11-30T22:00:00Z');
  const result = await pruneActions(database.pool, new Date('2025-01-01T00:00:00Z'), 100);
  await recordAction(database.pool, anAction({ at, command: 'audit prune', result }));

  await expect(sign()).resolves.toEqual({ HeadsSigned: 1, AuditProblemsFound: 0 });
  await expect(verify()).resolves.toMatchObject({ chain: 'intact', first: 3 });
});

test('exports what the verification needs, page by page', async () => {
  await addActions(database.pool, 3);
  const { evidence, evidenceKey } = world;
  const commands = makeAuditCommands({ pool, evidence, evidenceKey, stage: 'test', now });

  const first = await commands['audit export']({ limit: 2 }, 'operator');
  const rest = await commands['audit export']({ limit: 2, cursor: '2' }, 'operator');

  expect(first).toMatchObject({ exported: 2, through: 2, cursor: '2' });
  expect(rest).toMatchObject({ exported: 1, through: 3, cursor: undefined });
});
