import { beforeEach, describe, expect, test } from '@jest/globals';
import { CommandRejectedError } from '../../../lambdas/operations/commands/command-handlers.ts';
import { makeResidencyCommands } from '../../../lambdas/operations/commands/residency-commands.ts';
import { readStorage } from '../../../lambdas/residency/residency.queries.ts';
import { summarize } from '../../../lambdas/residency/summarize.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anEvidenceBucket } from '../../support/residency/evidence.ts';
import { dueAt, monday, residencyReportsOn } from '../../support/residency/residency-reports.ts';

const database = useDatabase();
const { clear, reporter, documentOf, key } = residencyReportsOn(database);
const operator = 'arn:aws:sts::123456789012:assumed-role/Operators/mira@example.org';
const allowedRegions = ['ap-southeast-2'];
const commands = () =>
  makeResidencyCommands({
    pool: async () => database.pool,
    evidence: anEvidenceBucket(),
    evidenceKey: async () => key.publicKey,
    stage: 'dev',
    now: () => monday,
  });

interface Declaration {
  readonly provider?: string;
  readonly region?: string;
  readonly assets?: string;
  readonly dryRun?: boolean;
}

const declare = ({ provider = 'mux', region = 'ap-southeast-2', ...given }: Declaration) =>
  commands()['residency declare'](
    {
      provider,
      region,
      document: 'Mux agreement of 2026-03-01, annex 2',
      reason: 'Annual review',
      dryRun: false,
      ...given,
    },
    operator,
  );

async function addAsset(reported: string | null = null, provider = 'mux'): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into portal.assets (status, storage_provider, storage_region)
     values ('ready', $1, $2) returning id`,
    [provider, reported],
  );
  return rows[0]?.id ?? '';
}

/** Returns the regions of all assets, as the report counts them. */
async function regions() {
  const week = { from: monday, to: monday };
  const stored = await readStorage(database.pool, { ...week, allowedRegions, limit: 100 });
  const { verdict, rows } = summarize(stored.groups, allowedRegions);
  return { verdict, rows: rows.map(({ region, basis, assets }) => [region, basis, assets]) };
}

beforeEach(clear);

test('without a declaration and an answer of the provider, a region is unknown', async () => {
  await addAsset();
  await addAsset(' ');

  expect(await regions()).toEqual({
    verdict: 'not established',
    rows: [[null, 'unknown', 2]],
  });
});

test('a declaration names the region of all assets of its provider only', async () => {
  await addAsset();
  await addAsset(null, 's3');

  await declare({});

  expect(await regions()).toEqual({
    verdict: 'not established',
    rows: [
      [null, 'unknown', 1],
      ['ap-southeast-2', 'declared', 1],
    ],
  });
});

test('a declaration for single assets wins over one for all, in any order', async () => {
  const [one, other] = [await addAsset(), await addAsset()];
  await addAsset();

  await declare({ region: 'us-east1', assets: `${one},${other}` });
  await declare({});

  expect(await regions()).toEqual({
    verdict: 'violation',
    rows: [
      ['us-east1', 'declared', 2],
      ['ap-southeast-2', 'declared', 1],
    ],
  });
});

test('the newest declaration counts, and unknown withdraws one', async () => {
  await addAsset();

  await declare({ region: 'us-east1' });
  await declare({});
  expect((await regions()).verdict).toBe('allowed');
  await declare({ region: 'unknown' });
  expect((await regions()).verdict).toBe('not established');
});

test("the provider's answer wins over a declaration, and a contradiction is counted", async () => {
  await addAsset('us-east-1');
  await addAsset('ap-southeast-2');
  await declare({});
  const bucket = anEvidenceBucket();

  await reporter(bucket)(dueAt(monday));

  expect(await documentOf(bucket)).toMatchObject({
    verdict: 'violation',
    totals: { reported: 2, declared: 0, unknown: 0, contradicted: 1 },
    violations: { listed: [{ region: 'us-east-1', basis: 'reported' }] },
  });
});

test('the report contains the declarations in force, without operator and reason', async () => {
  const asset = await addAsset();
  await declare({ region: 'us-east1' });
  await declare({});
  await declare({ region: 'us-east1', assets: asset });
  const bucket = anEvidenceBucket();

  await reporter(bucket)(dueAt(monday));

  const document = await documentOf(bucket);
  const common = { provider: 'mux', document: 'Mux agreement of 2026-03-01, annex 2' };
  expect(document.declarations).toMatchObject([
    { ...common, region: 'ap-southeast-2', assets: null },
    { ...common, region: 'us-east1', assets: 1 },
  ]);
  expect(JSON.stringify(document)).not.toMatch(/mira|Annual review/);
});

describe('residency declare', () => {
  test('records operator, document and reason, and returns what it concerns', async () => {
    await addAsset();
    await addAsset();

    await expect(declare({})).resolves.toMatchObject({ provider: 'mux', assets: 2 });

    await expect(commands()['residency declarations']({ limit: 10 }, operator)).resolves.toEqual({
      declarations: [
        {
          id: expect.any(String),
          declaredAt: monday,
          provider: 'mux',
          region: 'ap-southeast-2',
          document: 'Mux agreement of 2026-03-01, annex 2',
          assets: null,
          operator,
          reason: 'Annual review',
        },
      ],
    });
  });

  test('changes nothing in a dry run', async () => {
    await addAsset();

    await expect(declare({ dryRun: true })).resolves.toMatchObject({ assets: 1 });

    expect((await regions()).verdict).toBe('not established');
  });

  test('rejects a provider without assets, and names those with assets', async () => {
    await addAsset();

    const rejected = expect(declare({ provider: 'nux' })).rejects;
    await rejected.toBeInstanceOf(CommandRejectedError);
    await expect(declare({ provider: 'nux' })).rejects.toThrow(
      "No asset is stored at 'nux'. Storage providers: mux.",
    );
  });

  test('rejects assets of another provider', async () => {
    const own = await addAsset();
    const foreign = await addAsset(null, 's3');

    await expect(declare({ assets: `${own},${foreign}` })).rejects.toThrow(
      `These are no assets at 'mux': ${foreign}.`,
    );
    expect((await regions()).verdict).toBe('not established');
  });
});

test.each([
  `update portal.region_declarations set region = 'us-east1'`,
  'delete from portal.region_declarations',
  'truncate portal.region_declarations',
])('rejects a change of a declaration: %s', async (statement) => {
  await addAsset();
  await declare({});

  await expect(database.pool.query(statement)).rejects.toThrow('append-only');
});
