import { describe, expect, test } from '@jest/globals';
import { composeDocuments } from '../../../lambdas/residency/documents.ts';
import type { ResidencyFacts } from '../../../lambdas/residency/residency-facts.ts';
import { type StorageGroup, summarize } from '../../../lambdas/residency/summarize.ts';

const aGroup = (facts: Partial<StorageGroup> = {}): StorageGroup => ({
  ...{
    provider: 's3',
    region: 'ap-southeast-2',
    assets: 2,
    bytes: 3_400_000,
    assetsWithoutBytes: 0,
  },
  ...{ durationSeconds: 5_400, assetsWithoutDuration: 0, addedInWeek: 1 },
  ...facts,
});

function page(groups: readonly StorageGroup[], facts: Partial<ResidencyFacts> = {}): string {
  const allowedRegions = ['ap-southeast-2'];
  return composeDocuments({
    ...{ stage: 'dev', sequence: 2, allowedRegions, misplaced: [], bodies: [] },
    ...{
      retentionDays: { webhookBodies: 90, webhookEvents: 400 },
      generatedAt: new Date('2026-11-22T20:00:00Z'),
    },
    week: {
      monday: '2026-11-16',
      from: new Date('2026-11-15T13:00:00Z'),
      to: new Date('2026-11-22T13:00:00Z'),
    },
    previous: { week: '2026-11-09', sha256: 'ab'.repeat(32) },
    ...summarize(groups, allowedRegions),
    ...facts,
  }).html;
}

const cellsOf = (html: string) =>
  [...html.matchAll(/<tr>(?<line>(?:<td.*?<\/td>)+)<\/tr>/g)].map((row) =>
    [...(row.groups?.['line'] ?? '').matchAll(/<td[^>]*>(?<text>.*?)<\/td>/g)].map(
      (cell) => cell.groups?.['text'],
    ),
  );

describe('what nobody has told us', () => {
  test('is said to be not known, and never to be nothing', () => {
    const html = page([
      aGroup({
        provider: 'mux',
        region: null,
        bytes: 0,
        assetsWithoutBytes: 2,
        durationSeconds: 0,
        assetsWithoutDuration: 2,
      }),
    ]);

    expect(cellsOf(html)).toEqual([
      ['mux', 'not reported by the provider', 'not known', '2', 'not known', 'not known', '1'],
    ]);
    expect(html).toContain('Of 2 assets the provider does not report a region');
    expect(html).toContain('size not known');
  });

  test('is counted beside what is known of the others', () => {
    const html = page([aGroup({ assets: 3, assetsWithoutBytes: 1, assetsWithoutDuration: 2 })]);

    expect(cellsOf(html)).toEqual([
      [
        's3',
        'ap-southeast-2',
        'allowed',
        '3',
        '3.4 MB (of 1 not known)',
        '1 h 30 min (of 2 not known)',
        '1',
      ],
    ]);
  });

  test('is nothing where there is nothing', () => {
    expect(page([])).toContain('No asset is stored anywhere.');
    expect(page([])).toContain('<dt>Stored</dt><dd>0 B</dd>');
  });
});

test('the verdict counts what is outside, and the list says what it leaves out', () => {
  const misplaced = Array.from({ length: 101 }, (_, index) => ({
    ...{
      assetId: `asset-${index}`,
      provider: 's3',
      region: 'us-east-1',
      bytes: index === 0 ? null : 7,
    },
  }));

  const html = page([aGroup({ region: 'us-east-1', assets: 101 })], { misplaced });

  expect(html).toContain('<strong>101 assets outside the allowed regions.</strong>');
  expect(cellsOf(html)).toContainEqual(['asset-0', 's3', 'us-east-1', 'not known']);
  expect(cellsOf(html)).toContainEqual(['asset-99', 's3', 'us-east-1', '7 B']);
  expect(html).not.toContain('asset-100');
  expect(html).toContain('And 1 more asset;');
  expect(page([aGroup()])).toContain('No asset is known to be outside the allowed regions.');
});

test('each bar is told by its words and its pattern as well as by its colour', () => {
  const html = page([aGroup({ region: 'us-east-1', assets: 1 }), aGroup({ assets: 4 })]);

  expect(html).toContain(
    'aria-label="Assets by region. s3 · us-east-1 (outside): 1; s3 · ap-southeast-2 (allowed): 4."',
  );
  expect(html).toMatch(/width="135" height="16" rx="2" class="violation"/);
  expect(html).toMatch(/width="540" height="16" rx="2" class="allowed"/);
});

test('it says what bodies of webhooks are held, for how long, and where else', () => {
  const oldest = new Date('2026-10-01T00:00:00Z');
  const html = page([aGroup()], {
    bodies: [
      { source: 'mux', events: 12_000, bodies: 9_000, bytes: 12_600_000, oldest },
      { source: 'resend', events: 1, bodies: 0, bytes: 0, oldest: null },
    ],
  });

  expect(cellsOf(html)).toContainEqual([
    'mux',
    '12,000',
    '9,000',
    '12.6 MB',
    '2026-10-01 10:00 UTC+10:00',
  ]);
  expect(cellsOf(html)).toContainEqual(['resend', '1', '0', '0 B', '–']);
  expect(html).toMatch(
    /90 days, then removed; that the event came is known for 400 days\..*14 days at most/s,
  );
});

test('it names the hash of the report before, needs nothing from elsewhere and runs nothing', () => {
  const html = page([aGroup({ provider: '<script>alert(1)</script>', region: '"><img src=x>' })]);

  expect(html).toContain(
    `of the week of 2026-11-09, has the SHA-256 <code>${'ab'.repeat(32)}</code>`,
  );
  expect(page([], { previous: null })).toContain('This is the first report of its chain.');
  expect(html).not.toMatch(/<script|<link|<img|src="|url\(http|@import/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});
