import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvReport } from '../../../lambdas/residency/documents/csv-report.ts';
import {
  type StorageGroup,
  summarize,
  type Verdict,
} from '../../../lambdas/residency/summarize.ts';

const allowedRegions = ['ap-southeast-2', 'ap-southeast-4'];
const aGroup = (facts: Partial<StorageGroup> = {}): StorageGroup => ({
  provider: 'mux',
  region: 'ap-southeast-2',
  assets: 1,
  bytes: 10,
  assetsWithoutBytes: 0,
  durationSeconds: 5,
  assetsWithoutDuration: 0,
  addedInWeek: 0,
  basis: facts.region === null ? 'unknown' : 'reported',
  contradicted: 0,
  ...facts,
});

const groups = fc
  .uniqueArray(
    fc.record({
      provider: fc.constantFrom('mux', 's3', 'other'),
      region: fc.constantFrom(
        null,
        'ap-southeast-2',
        'ap-southeast-4',
        'us-east-1',
        'eu-central-1',
      ),
      basis: fc.constantFrom('reported' as const, 'declared' as const),
    }),
    {
      selector: ({ provider, region, basis }) =>
        `${provider} ${region} ${region === null ? 'unknown' : basis}`,
    },
  )
  .chain((keys) =>
    fc.tuple(
      ...keys.map((key) =>
        fc
          .record({
            assets: fc.integer({ min: 1, max: 1e6 }),
            bytes: fc.integer({ min: 0, max: 2 ** 40 }),
            durationSeconds: fc.integer({ min: 0, max: 1e9 }),
            assetsWithoutBytes: fc.integer({ min: 0, max: 1e6 }),
            assetsWithoutDuration: fc.integer({ min: 0, max: 1e6 }),
            addedInWeek: fc.integer({ min: 0, max: 1e6 }),
            contradicted: fc.integer({ min: 0, max: 1e6 }),
          })
          .map(
            (numbers): StorageGroup => ({
              ...key,
              ...numbers,
              basis: key.region === null ? 'unknown' : key.basis,
            }),
          ),
      ),
    ),
  );

describe('storage groups', () => {
  test('add up to the totals, and their verdicts to all assets', () => {
    fc.assert(
      fc.property(groups, (given) => {
        const { rows, totals } = summarize(given, allowedRegions);
        const sum = (key: Exclude<keyof StorageGroup, 'provider' | 'region' | 'basis'>) =>
          given.reduce((total, group) => total + group[key], 0);
        expect(rows.map(({ verdict: _, ...group }) => group)).toEqual(
          expect.arrayContaining([...given]),
        );
        expect(rows).toHaveLength(given.length);
        expect(totals).toMatchObject({
          assets: sum('assets'),
          bytes: sum('bytes'),
          assetsWithoutBytes: sum('assetsWithoutBytes'),
          durationSeconds: sum('durationSeconds'),
          assetsWithoutDuration: sum('assetsWithoutDuration'),
          addedInWeek: sum('addedInWeek'),
        });
        const assetsWith = (verdict: Verdict) =>
          rows.reduce((total, row) => total + (row.verdict === verdict ? row.assets : 0), 0);
        expect(totals).toMatchObject({
          allowed: assetsWith('allowed'),
          violations: assetsWith('violation'),
          notEstablished: assetsWith('not established'),
        });
        expect(totals.reported + totals.declared + totals.unknown).toBe(totals.assets);
        expect(totals.allowed + totals.violations + totals.notEstablished).toBe(totals.assets);
      }),
    );
  });

  test('get their verdict from the region alone', () => {
    fc.assert(
      fc.property(groups, (given) => {
        for (const { region, verdict } of summarize(given, allowedRegions).rows) {
          if (region === null) expect(verdict).toBe('not established');
          else expect(verdict).toBe(allowedRegions.includes(region) ? 'allowed' : 'violation');
        }
      }),
    );
  });

  test('give the same report in any order', () => {
    const shuffled = groups.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray([...given], { minLength: given.length })),
    );
    fc.assert(
      fc.property(shuffled, ([given, reordered]) => {
        expect(summarize(reordered, allowedRegions)).toEqual(summarize(given, allowedRegions));
      }),
    );
  });
});

test('sorts violations first, then unknown regions', () => {
  const regions = ['ap-southeast-2', null, 'us-east-1'];
  const { rows } = summarize(
    regions.map((region) => aGroup({ region })),
    allowedRegions,
  );
  expect(rows.map(({ verdict }) => verdict)).toEqual(['violation', 'not established', 'allowed']);
});

test('returns zeros if no assets are stored', () => {
  const { rows, totals, verdict } = summarize([], allowedRegions);
  expect(verdict).toBe('allowed');
  expect(rows).toEqual([]);
  expect(new Set(Object.values(totals))).toEqual(new Set([0]));
});

test('escapes formulas and separators in CSV', () => {
  const { rows } = summarize(
    [aGroup({ provider: '=cmd("x"),1', region: '-1' }), aGroup({ region: null })],
    allowedRegions,
  );
  expect(csvReport(rows).split('\r\n').slice(1, 3)).toEqual([
    `"'=cmd(""x""),1",'-1,reported,violation,1,10,0,5,0,0,0`,
    'mux,unknown,unknown,not established,1,10,0,5,0,0,0',
  ]);
});

test.each([
  [['ap-southeast-2', null, 'us-east-1'], 'violation'],
  [['ap-southeast-2', null], 'not established'],
  [['ap-southeast-2', 'ap-southeast-4'], 'allowed'],
])('gives %j the worst verdict of any asset: %s', (regions, verdict) => {
  const given = regions.map((region) => aGroup({ region }));

  expect(summarize(given, allowedRegions).verdict).toBe(verdict);
});
