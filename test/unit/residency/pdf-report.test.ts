import { describe, expect, test } from '@jest/globals';
import { pdfReport } from '../../../lambdas/residency/documents/pdf-report.tsx';
import { hasCodePoints, pdfText } from '../../../lambdas/residency/documents/pdf-text.ts';
import { aGroup, someFacts } from '../../support/residency/facts.ts';
import { pdfPages } from '../../support/residency/pdf-pages.ts';

const misplaced = Array.from({ length: 60 }, (_, index) => ({
  assetId: `asset-${index}`,
  provider: 's3',
  region: 'us-east-1',
  basis: 'reported' as const,
  bytes: index,
}));
const longReport = someFacts([aGroup({ region: 'us-east-1', assets: 60 })], { misplaced });
const longPdf = await pdfReport(longReport);

const pagesOf = async (...given: Parameters<typeof someFacts>) =>
  pdfPages(await pdfReport(someFacts(...given)));
const textOf = async (...given: Parameters<typeof someFacts>) =>
  (await pagesOf(...given)).map(({ text }) => text).join(' ');
const aDeclaration = (region: string, document: string) => ({
  id: document,
  declaredAt: new Date('2026-11-28T15:15:00Z'),
  provider: 'mux',
  region,
  document,
  assets: null,
});

test('has a header and a page number on each page, and repeats the head of a table', async () => {
  const pages = pdfPages(longPdf);

  expect(pages.length).toBeGreaterThan(2);
  for (const [index, { text }] of pages.entries()) {
    expect(text).toContain(`Page ${index + 1} of ${pages.length}`);
    expect(text).toContain('Residency report, week of 16 Nov 2026');
  }
  expect(pages[1]?.text).toContain('Asset Provider Region Basis Stored');
});

test('lists every asset that the HTML lists, once', async () => {
  const text = pdfPages(longPdf)
    .map((page) => page.text)
    .join(' ');

  for (const { assetId } of misplaced) expect(text.split(`${assetId} `)).toHaveLength(2);
});

test('has the same bytes for the same facts', async () => {
  expect(Buffer.from(await pdfReport(longReport)).equals(Buffer.from(longPdf))).toBe(true);
});

test.each([
  ['violation', 'us-east-1', '0.7019607843137254 0.14901960784313725 0.11764705882352941 scn'],
  ['not established', null, '0.5411764705882353 0.35294117647058826 0 scn'],
  ['allowed', 'ap-southeast-2', '0.10980392156862745 0.4196078431372549 0.25882352941176473 scn'],
])('shows the verdict %s in its colour', async (verdict, region, colour) => {
  const basis = region === null ? 'unknown' : 'reported';
  const [page] = await pagesOf([aGroup({ region, basis })]);

  expect(page?.text).toContain(verdict);
  expect(page?.commands).toContain(colour);
});

test('reads sensibly for a week without videos', async () => {
  const text = await textOf([]);

  expect(text).toContain('Allowed: no assets are stored. There is no region to check.');
  expect(text).toContain(
    'By provider and region No assets are stored, so there is no row to list.',
  );
  expect(text).toMatch(/No bodies\s+are stored\./);
  expect(text).not.toMatch(/Provider Region|Basis is/);
});

describe('lines', () => {
  const regions = ['ap-southeast-2', 'ap-southeast-4', 'ap-northeast-3', 'us-gov-west-1'];
  const long = `urn-${'abcdefghij0123456789'.repeat(8)}`;

  test('never break the name of a region, wherever it is in a line', async () => {
    const documents = Array.from(
      { length: 24 },
      (_, words) => `${'annex '.repeat(words)}us-gov-northwest-18`,
    );
    const text = await textOf(
      regions.map((region) => aGroup({ region })),
      {
        allowedRegions: Array.from({ length: 12 }, () => regions).flat(),
        declarations: documents.map((document) => aDeclaration('ap-southeast-2', document)),
        misplaced: regions.map((region) => ({ ...misplaced[0], assetId: region, region }) as never),
      },
    );
    const times = (word: string) => text.split(word).length - 1;

    // The list of allowed regions, the table of regions, and two cells of an asset.
    for (const region of regions.slice(1)) expect(times(region)).toBe(12 + 1 + 2);
    expect(times('ap-southeast-2')).toBe(12 + 1 + 2 + documents.length);
    expect(times('us-gov-northwest-18')).toBe(documents.length);
  });

  test('break a word that is longer than its column, and add no character', async () => {
    const pages = await pagesOf([aGroup({ region: 'us-east-1' })], {
      misplaced: [{ ...misplaced[0], assetId: long } as never],
      declarations: [aDeclaration('us-east-1', `https://contracts.example/${long}`)],
    });
    const lines = pages.flatMap((page) => page.lines);
    const parts = lines.filter(({ text }) => text.length > 20 && long.includes(text));

    expect(lines.map(({ text }) => text).join('')).toContain(`https://contracts.example/${long}`);
    expect(
      lines
        .map(({ text }) => text)
        .join('')
        .split(long),
    ).toHaveLength(3);
    // The widest of the two columns has 192 points.
    expect(parts.length).toBeGreaterThan(6);
    for (const { width } of parts) expect(width).toBeLessThan(192);
  });

  test('do not overlap, and are no further apart than lines of their size', async () => {
    const pages = await pagesOf([aGroup({ region: long })], {
      allowedRegions: Array.from({ length: 12 }, () => regions).flat(),
    });
    const lines = pages.flatMap((page) => page.lines);
    const paragraphs = [
      lines.filter(({ text }) => /^(Allowed regions: )?[a-z-]+-\d, /.test(text)),
      lines.filter(({ text }) => long.includes(text) && text.length > 3),
    ];
    const gaps = paragraphs.flatMap((paragraph) =>
      paragraph
        .slice(1)
        .map((line, index) => (line.baseline - (paragraph[index]?.baseline ?? 0)) / line.fontSize),
    );

    expect(gaps.length).toBeGreaterThan(10);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1.15);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(1.5);
  });
});

describe('characters', () => {
  const explanation = '[U+0101] is the character with this number in Unicode.';

  test('that the fonts lack are written as code points', () => {
    expect(pdfText('Größe – “x” € 第二\u00a0a\tb')).toBe('Größe – “x” € [U+7B2C][U+4E8C]\u00a0a b');
    expect(pdfText('e\u0301 😀 \u0000 a\u00adb')).toBe('é [U+1F600] [U+0000] a[U+00AD]b');
    expect(hasCodePoints(['Größe\tЖ'])).toBe(true);
    expect(hasCodePoints(['Größe\t– e\u0301 [1] U+0101'])).toBe(false);
  });

  test('differ from a text that looks like a code point', () => {
    expect(pdfText('[U+0101] \u0101')).toBe('[U+005B]U+0101] [U+0101]');
    expect(pdfText('[U+005B]U+0101]')).toBe('[U+005B]U+005B]U+0101]');
    expect(pdfText('[U+[u+0101]')).toBe('[U+005B]U+[U+005B]u+0101]');
    expect(hasCodePoints(['[U+0101]'])).toBe(true);
  });

  test('are explained only where a code point occurs', async () => {
    const declarations = [aDeclaration('us-east-1', 'M\u0101ori contract')];

    const text = await textOf([aGroup()], { declarations });

    expect(text).toContain('M[U+0101]ori');
    expect(text).toContain(explanation);
    expect(await textOf([aGroup({ provider: 'Größe – x' })])).not.toContain('U+');
  });

  test('are explained where a text looks like a code point', async () => {
    const declarations = [aDeclaration('us-east-1', 'M[U+0101]ori contract')];
    const text = (await textOf([aGroup()], { declarations })).replaceAll('  ', ' ');

    expect(text).toContain('M[U+005B]U+0101]ori');
    expect(text).toContain(explanation);
    expect(text).toContain('its bracket is also written as a number: [U+005B]U+0101].');
  });
});
