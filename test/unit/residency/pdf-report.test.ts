import { inflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { pdfReport } from '../../../lambdas/residency/documents/pdf-report.tsx';
import { pdfText } from '../../../lambdas/residency/documents/pdf-text.ts';
import { aGroup, someFacts } from '../../support/residency/facts.ts';

const misplaced = Array.from({ length: 90 }, (_, index) => ({
  assetId: `asset-${index}`,
  provider: 's3',
  region: 'us-east-1',
  basis: 'reported' as const,
  bytes: index,
}));
const longReport = someFacts([aGroup({ region: 'us-east-1', assets: 90 })], { misplaced });

/** Returns the text and the drawing commands of each page, in Windows-1252. */
function pagesOf(pdf: Uint8Array): readonly string[] {
  const bytes = Buffer.from(pdf);
  const pages: string[] = [];
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at + 7)) {
    const end = bytes.indexOf('\nendstream', at);
    if (bytes.subarray(at - 3, at).toString() !== 'end') pages.push(decode(bytes, at + 7, end));
  }
  return pages.filter((content) => content.includes('Tf'));
}

function decode(bytes: Buffer, from: number, to: number): string {
  try {
    const content = inflateSync(bytes.subarray(from, to)).toString('latin1');
    const texts = [...content.matchAll(/\[(.*?)\] TJ/g)].map(([, parts = '']) =>
      [...parts.matchAll(/<([0-9a-f]*)>/g)]
        .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
        .join(''),
    );
    return `${content}\n${texts.join(' ')}`;
  } catch {
    return '';
  }
}

test('has a header and a page number on each page, and repeats the head of a table', async () => {
  const pages = pagesOf(await pdfReport(longReport));

  expect(pages.length).toBeGreaterThan(2);
  for (const [index, page] of pages.entries()) {
    expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
    expect(page).toContain('Residency report, week of 2026-11-16');
  }
  expect(pages[1]).toContain('Asset Provider Region Basis Stored');
});

test('lists every asset that the HTML lists, once', async () => {
  const text = pagesOf(await pdfReport(longReport)).join(' ');

  for (const { assetId } of misplaced) expect(text.split(`${assetId} `)).toHaveLength(2);
});

test('has the same bytes for the same facts', async () => {
  const [one, other] = [await pdfReport(longReport), await pdfReport(longReport)];

  expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
});

test.each([
  ['violation', 'us-east-1', '0.7019607843137254 0.14901960784313725 0.11764705882352941 scn'],
  ['not established', null, '0.5411764705882353 0.35294117647058826 0 scn'],
  ['allowed', 'ap-southeast-2', '0.10980392156862745 0.4196078431372549 0.25882352941176473 scn'],
])('shows the verdict %s in its colour', async (verdict, region, colour) => {
  const basis = region === null ? 'unknown' : 'reported';
  const [page = ''] = pagesOf(await pdfReport(someFacts([aGroup({ region, basis })])));

  expect(page).toContain(verdict);
  expect(page).toContain(colour);
});

describe('text', () => {
  test('keeps what the fonts have, and replaces the rest', () => {
    expect(pdfText('Größe – “x” € 第二\u00a0a\tb')).toBe('Größe – “x” € ??\u00a0a b');
    expect(pdfText('e\u0301 😀 \u0000')).toBe('é ? ?');
  });
});
