import { beforeEach, describe, expect, test } from '@jest/globals';
import { runAudited } from '../../../lambdas/operations/audited-run.ts';
import { makeResidencyCommands } from '../../../lambdas/operations/commands/residency-commands.ts';
import { tamper } from '../../support/audit.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anEvidenceBucket } from '../../support/residency/evidence.ts';
import { monday, residencyReportsOn } from '../../support/residency/residency-reports.ts';

const database = useDatabase();
const { clear, key } = residencyReportsOn(database);
const operator = 'arn:aws:sts::123456789012:assumed-role/Operators/mira@example.org';
const later = new Date(monday.getTime() + 3_600_000);
let at = monday;
const pool = async () => database.pool;
const evidence = anEvidenceBucket();
const deps = { pool, evidence, evidenceKey: async () => key.publicKey, stage: 'dev' };
const commands = makeResidencyCommands({ ...deps, now: () => at });
const verify = () => commands['residency verify']({}, operator);
const assets: string[] = [];

/** Declares a region as the operations function does, with its audit record. */
async function declare(given: Readonly<Record<string, string>> = {}): Promise<void> {
  const document = 'Mux agreement of 2026-03-01, annex 2';
  const declaration = { provider: 'mux', region: 'ap-southeast-2', document, reason: 'A review' };
  const typed = { ...declaration, dryRun: false, ...given };
  await runAudited(
    { command: 'residency declare', given: typed, operator, requestId: 'r1' },
    () => commands['residency declare'](typed, operator),
    { pool, now: () => at },
  );
}

/** Changes the table as its owner can: without the trigger. */
async function change(statement: string): Promise<void> {
  await database.pool.query(`
    alter table portal.region_declarations disable trigger user;
    ${statement};
    alter table portal.region_declarations enable trigger user`);
}

beforeEach(async () => {
  await clear();
  await tamper(database.pool, 'truncate portal.operator_actions');
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into portal.assets (status, storage_provider)
     select 'ready', 'mux' from generate_series(1, 3) returning id`,
  );
  assets.splice(0, assets.length, ...rows.map(({ id }) => id));
  at = monday;
});

test('confirms declarations by the audit log', async () => {
  await declare();
  await declare({ region: 'us-east1', assets: `${assets[1]},${assets[0]},${assets[1]}` });
  await declare({ region: 'unknown' });
  at = later;

  await expect(verify()).resolves.toMatchObject({
    chain: 'empty',
    declarations: { compared: 3, older: 0, auditLog: 'unsigned' },
    problems: [],
  });
});

describe('a database writer cannot, before the next report,', () => {
  test.each<[string, () => string, RegExp]>([
    [
      'change a region',
      () => `update portal.region_declarations set region = 'us-east1' where asset_id is null`,
      /was changed: region is 'us-east1', but was declared as 'ap-southeast-2'/,
    ],
    [
      'change a document',
      () => `update portal.region_declarations set document = 'Another paper'`,
      /was changed: document is 'Another paper'/,
    ],
    [
      'change the operator',
      () => `update portal.region_declarations set operator = 'somebody'`,
      /was changed: operator is 'somebody'/,
    ],
    [
      'change one asset of a declaration',
      () => `update portal.region_declarations set asset_id = '${assets[2]}'
              where asset_id = '${assets[1]}'`,
      /was changed: assets is/,
    ],
    [
      'add an asset to a declaration',
      () => `insert into portal.region_declarations
               (declaration, declared_at, operator, provider, asset_id, region, document, reason)
             select declaration, declared_at, operator, provider, '${assets[2]}', region, document,
                    reason
               from portal.region_declarations where asset_id is not null limit 1`,
      /was changed: assets is/,
    ],
    [
      'delete a declaration',
      () => 'delete from portal.region_declarations where asset_id is not null',
      /is in the audit log, but its rows were deleted/,
    ],
    [
      'empty the table',
      () => 'truncate portal.region_declarations',
      /is in the audit log, but its rows were deleted/,
    ],
    [
      'add a declaration',
      () => `insert into portal.region_declarations
               (declaration, declared_at, operator, provider, region, document, reason)
             values (gen_random_uuid(), '${monday.toISOString()}', 'x', 'mux', 'us-east1', 'd',
                     'r')`,
      /has no record in the audit log: no command declared it/,
    ],
    [
      'add a declaration and date it back',
      () => `insert into portal.region_declarations
               (declaration, declared_at, operator, provider, region, document, reason)
             values (gen_random_uuid(), '2020-01-01', 'x', 'mux', 'us-east1', 'd', 'r')`,
      /is dated 2020-01-01T00:00:00.000Z, but was inserted after a declaration of/,
    ],
  ])('%s', async (_, statement, problem) => {
    await declare();
    await declare({ assets: `${assets[0]},${assets[1]}` });
    at = later;
    await change(statement());

    const result = await verify();

    expect(result).toMatchObject({ chain: 'broken' });
    expect(result?.['problems']).toContainEqual({
      week: 'all',
      problem: expect.stringMatching(problem),
    });
  });

  test('change a declaration and its audit record', async () => {
    await declare();
    at = later;
    await change(`update portal.region_declarations set region = 'us-east1'`);
    await tamper(
      database.pool,
      `update portal.operator_actions
          set arguments = jsonb_set(arguments, '{region}', '"us-east1"')`,
    );

    await expect(verify()).resolves.toMatchObject({
      chain: 'broken',
      declarations: { auditLog: 'broken' },
      problems: [{ week: 'all', problem: expect.stringContaining('The audit log') }],
    });
  });
});

test('confirms a declaration whose texts the audit log redacts', async () => {
  const many = assets.join(',');
  await declare({ document: 'Letter of mia@members.example', reason: 'for jo@members.example' });
  await declare({ assets: many });
  at = later;

  await expect(verify()).resolves.toMatchObject({ problems: [], declarations: { compared: 2 } });
});

test('is no finding that the prune deleted replaced declarations after a year', async () => {
  await declare({ region: 'us-east1' });
  await declare({ assets: assets.join(',') });
  await declare();
  await declare({ assets: `${assets[1]}` });
  await change(`
    delete from portal.region_declarations where region = 'us-east1';
    delete from portal.region_declarations 
     where asset_id = '${assets[1]}'
       and declaration <> (select declaration from portal.region_declarations
                            order by id desc limit 1)`);
  at = new Date(monday.getTime() + 364 * 86_400_000);
  await expect(verify()).resolves.toMatchObject({ problemsFound: 2 });
  at = new Date(monday.getTime() + 366 * 86_400_000);
  await expect(verify()).resolves.toMatchObject({ problems: [] });

  await change('delete from portal.region_declarations where asset_id is null');
  await expect(verify()).resolves.toMatchObject({
    problems: [{ week: 'all', problem: expect.stringContaining('its rows were deleted') }],
  });
});

test('waits for the record of a declaration that is just being made', async () => {
  await commands['residency declare'](
    { provider: 'mux', region: 'us-east1', document: 'A paper', reason: 'A review', dryRun: false },
    operator,
  );

  await expect(verify()).resolves.toMatchObject({ problems: [], declarations: { compared: 0 } });
  at = later;
  await expect(verify()).resolves.toMatchObject({ chain: 'broken' });
});

test('a declaration without a record is answered as made, not as failed', async () => {
  const given = { provider: 'mux', region: 'us-east1', document: 'A paper', reason: 'A review' };
  const typed = { ...given, dryRun: false };
  const broken = async () => {
    throw new Error('Postgres is away');
  };

  const result = await runAudited(
    { command: 'residency declare', given: typed, operator, requestId: 'r1' },
    () => commands['residency declare'](typed, operator),
    { pool: broken, now: () => at },
  );

  expect(result).toMatchObject({ region: 'us-east1', unaudited: expect.any(String) });
});
