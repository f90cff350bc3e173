import { describe, expect, test } from '@jest/globals';
import { htmlReport } from '../../../lambdas/residency/documents/html-report.ts';
import { aGroup, someFacts } from '../../support/residency/facts.ts';

const page = (...given: Parameters<typeof someFacts>) => htmlReport(someFacts(...given));

const cellsOf = (html: string) =>
  [...html.matchAll(/<tr>(?<line>(?:<td.*?<\/td>)+)<\/tr>/g)].map((row) =>
    [...(row.groups?.['line'] ?? '').matchAll(/<td[^>]*>(?<text>.*?)<\/td>/g)].map(
      (cell) => cell.groups?.['text'],
    ),
  );

describe('an unknown size or duration', () => {
  test('is shown as unknown, not as zero', () => {
    const html = page([
      aGroup({
        provider: 'mux',
        region: null,
        basis: 'unknown',
        bytes: 0,
        assetsWithoutBytes: 2,
        durationSeconds: 0,
        assetsWithoutDuration: 2,
      }),
    ]);

    expect(cellsOf(html)).toEqual([
      ['mux', 'unknown', 'unknown', 'not established', '2', 'unknown', 'unknown', '1'],
    ]);
    expect(html).toContain('Not established: the region of 2 assets is unknown.');
    expect(html).toContain('size unknown');
  });

  test('is counted after the total of the other assets', () => {
    const html = page([aGroup({ assets: 3, assetsWithoutBytes: 1, assetsWithoutDuration: 2 })]);

    expect(cellsOf(html)).toEqual([
      [
        's3',
        'ap-southeast-2',
        'reported',
        'allowed',
        '3',
        '3.4 MB (unknown for 1)',
        '1 h 30 min (unknown for 2)',
        '1',
      ],
    ]);
  });

  test('is zero if no assets are stored', () => {
    expect(page([])).toContain('<p>No assets are stored, so there is no row to list.</p>');
    expect(page([])).not.toMatch(/<table|class="chart"/);
    expect(page([])).toContain('<dt>Stored</dt><dd>0 B</dd>');
  });
});

test('counts assets outside the allowed regions, and the assets missing in the list', () => {
  const misplaced = Array.from({ length: 101 }, (_, index) => ({
    assetId: `asset-${index}`,
    provider: 's3',
    region: 'us-east-1',
    basis: 'reported' as const,
    bytes: index === 0 ? null : 7,
  }));

  const html = page([aGroup({ region: 'us-east-1', assets: 101 })], { misplaced });

  expect(html).toContain('<strong>Violation: 101 assets outside the allowed regions.</strong>');
  expect(cellsOf(html)).toContainEqual(['asset-0', 's3', 'us-east-1', 'reported', 'unknown']);
  expect(cellsOf(html)).toContainEqual(['asset-99', 's3', 'us-east-1', 'reported', '7 B']);
  expect(html).not.toContain('asset-100');
  expect(html).toContain('And 1 more asset;');
  expect(page([aGroup()])).toContain('Allowed: every asset is in an allowed region.');
});

test('identifies each bar by text and pattern as well as by colour', () => {
  const html = page([aGroup({ region: 'us-east-1', assets: 1 }), aGroup({ assets: 4 })]);

  expect(html).toContain(
    'aria-label="Assets by region. ' +
      's3 · us-east-1 · reported (violation): 1; s3 · ap-southeast-2 · reported (allowed): 4."',
  );
  // 65% leaves space for the label at the end of the longest bar.
  expect(html).toContain('<span class="violation" style="width:16.3%"></span><b>1</b>');
  expect(html).toContain('<span class="allowed" style="width:65.0%"></span><b>4</b>');
});

test('shows the stored webhook bodies and their retention', () => {
  const oldest = new Date('2026-10-01T00:00:00Z');
  const html = page([aGroup()], {
    storedBodies: [
      { source: 'mux', events: 12_000, bodies: 9_000, bytes: 12_600_000, oldest },
      { source: 'resend', events: 1, bodies: 0, bytes: 0, oldest: null },
    ],
  });

  expect(cellsOf(html)).toContainEqual([
    'mux',
    '12,000',
    '9,000',
    '12.6 MB',
    '1 Oct 2026, 10:00 am AEST',
  ]);
  expect(cellsOf(html)).toContainEqual(['resend', '1', '0', '0 B', '–']);
  expect(html).toMatch(/for 90 days and the record of its event for 400 days\..*at most 14 days/s);
});

test('contains the previous hash, but no external resources and scripts', () => {
  const html = page([aGroup({ provider: '<script>alert(1)</script>', region: '"><img src=x>' })]);

  expect(html).toContain(`for the week of 9 Nov 2026, has the SHA-256 ${'ab'.repeat(32)}.`);
  expect(page([], { previous: null })).toContain('This is the first report of its chain.');
  expect(html).not.toMatch(/<script|<link|<img|src="|url\(http|@import/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});
