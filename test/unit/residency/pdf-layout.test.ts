import { describe, expect, test } from '@jest/globals';
import { pdfReport } from '../../../lambdas/residency/documents/pdf-report.tsx';
import * as sections from '../../../lambdas/residency/documents/report-sections.ts';
import { aGroup, someFacts } from '../../support/residency/facts.ts';
import { bodyOf, overlapsOf, type PdfPage, pdfPages } from '../../support/residency/pdf-pages.ts';

const aDeclaration = (document: string, index = 0) => ({
  id: `declaration-${index}`,
  declaredAt: new Date('2026-11-28T15:15:00Z'),
  provider: 'mux',
  region: 'us-east-1',
  document,
  assets: null,
});
const shortDeclarations = (count: number) =>
  Array.from({ length: count }, (_, index) => aDeclaration(`Contract ${index}`, index));
const anAsset = (assetId: string) => ({
  assetId,
  provider: 's3',
  region: 'us-east-1',
  basis: 'reported' as const,
  bytes: 1,
});

const reportWith = async (facts: Parameters<typeof someFacts>[1], region = 'us-east-1') =>
  pdfPages(await pdfReport(someFacts([aGroup({ region })], facts)));

function expectReadable(pages: readonly PdfPage[]): void {
  for (const page of pages) {
    // The header, the page number, and at least one line of the body.
    expect(bodyOf(page).length).toBeGreaterThan(0);
    expect(bodyOf(page)).toHaveLength(page.lines.length - 3);
    expect(overlapsOf(page)).toEqual([]);
  }
}

const codePointsOf = (pages: readonly PdfPage[]) =>
  pages
    .flatMap(({ lines }) => lines.map(({ text }) => text))
    .join('')
    .match(/\[U\+[4-9][0-9A-F]{3}\]/g);

describe('a row', () => {
  test.each([
    [0, 297],
    [7, 55],
    [17, 297],
    [19, 300],
  ])('after %i others shows each of %i code points once', async (others, length) => {
    const characters = Array.from({ length }, (_, index) => String.fromCodePoint(0x4e00 + index));
    const pages = await reportWith({
      declarations: [...shortDeclarations(others), aDeclaration(characters.join(''), others)],
    });

    expectReadable(pages);
    expect(codePointsOf(pages)).toEqual(
      characters.map((one) => `[U+${one.codePointAt(0)?.toString(16).toUpperCase()}]`),
    );
  });

  test('shows each word of several long cells once', async () => {
    const words = Array.from({ length: 160 }, (_, index) => `word${index}`);
    const pages = await reportWith({
      declarations: [aDeclaration(words.join(' '))],
      misplaced: [anAsset(words.join('/')), anAsset('short')],
    });

    expectReadable(pages);
    const column = (left: number) =>
      pages.flatMap(({ lines }) => lines.filter((line) => Math.round(line.left) === left));
    const texts = (left: number) => column(left).map(({ text }) => text);
    // Left edges of the columns Document and Asset.
    expect(
      texts(188)
        .filter((text) => text !== 'Document')
        .join(' '),
    ).toBe(words.join(' '));
    expect(texts(40).join('')).toContain(words.join('/'));
  });
});

const starts = [
  'By provider and region',
  'Declared regions',
  'Outside the allowed regions',
  'Webhook bodies',
  'Evidence',
  ...sections.regionColumns,
  ...sections.declarationColumns,
  ...sections.misplacedColumns,
  ...sections.bodyColumns,
];

/** Returns the last lines of pages that are a heading or the head of a table. */
const lonelyStarts = (pages: readonly PdfPage[]) =>
  pages.map((page) => bodyOf(page).at(-1)?.text ?? '').filter((text) => starts.includes(text));

describe('a page', () => {
  const assets = [anAsset('one'), anAsset('two')];
  const storedBodies = [{ source: 'mux', events: 1, bodies: 1, bytes: 1, oldest: null }] as const;

  // A page has 38 rows. With these numbers, a page ended with a heading or a head.
  test.each([
    ['Webhook bodies', 53, {}],
    ['Webhook bodies', 16, { storedBodies }],
    ['Oldest body', 14, { storedBodies }],
    ['Outside the allowed regions', 17, { misplaced: assets }],
    ['Stored', 52, { misplaced: assets }],
    ['Stored', 9, { misplaced: [anAsset('a'.repeat(450))] }],
  ])('never ends with %s, such as with %i declarations', async (_, count, facts) => {
    const region = 'misplaced' in facts ? 'us-east-1' : 'ap-southeast-2';
    const pages = await reportWith({ ...facts, declarations: shortDeclarations(count) }, region);

    expect(pages.length).toBeGreaterThan(1);
    expect(lonelyStarts(pages)).toEqual([]);
  });
});
