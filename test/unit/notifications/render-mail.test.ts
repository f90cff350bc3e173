import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

const assetId = '0195d3a4-7c1e-7b2a-9c55-3d2f1a8b4c6d';
const link = `https://portal.example/assets/${assetId}`;

const complete = {
  'asset.ready': { assetId, title: 'Launch film', durationSeconds: 205.3 },
  'asset.failed': { assetId, title: 'Launch film', reason: 'No video track.' },
  'asset.failed.admin': {
    assetId,
    title: 'Launch film',
    reason: 'No video track.',
    ownerName: 'Ada Lovelace',
  },
};
const kinds = Object.keys(complete) as (keyof typeof complete)[];

async function rendered(kind: string, params: unknown, portalUrl = 'https://portal.example') {
  const rendering = await renderMail(kind, params, portalUrl);
  if (rendering.outcome !== 'rendered') throw new Error(`${rendering.outcome}: ${rendering.fault}`);
  return rendering.mail;
}

describe.each(kinds)('%s', (kind) => {
  test('names the video and links to it, in HTML and in text', async () => {
    const { subject, html, text } = await rendered(kind, complete[kind], 'https://portal.example/');
    expect(subject).toContain('“Launch film”');
    for (const body of [html, text]) {
      expect(body).toContain('Launch film');
      expect(body).toContain(link);
    }
    // The text version keeps the case of headings.
    expect(text).not.toMatch(/[A-Z]{3,}/);
    if ('reason' in complete[kind]) expect(text).toContain('No video track.');
    if ('durationSeconds' in complete[kind]) expect(text).toContain('3:25');
    if ('ownerName' in complete[kind]) expect(text).toContain('Ada Lovelace');
  });

  test('contains no other link, no image and no remote content', async () => {
    const { html } = await rendered(kind, complete[kind]);
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([link]);
    expect(html).not.toMatch(/<(img|script|iframe|link)\b|url\(|@import|stream\.mux\.com/);
  });

  test('is complete when only the asset id is known', async () => {
    const bare = {
      ...complete[kind],
      title: null,
      durationSeconds: null,
      reason: ' ',
      ownerName: null,
    };
    const { subject, html, text } = await rendered(kind, bare);
    expect(text).toContain('Untitled video');
    expect(`${subject}${html}${text}`).not.toMatch(/\bnull\b|undefined|NaN|“”|\(\)/);
  });

  test('supports the dark theme, fits a narrow screen and breaks long words', async () => {
    const { html } = await rendered(kind, { ...complete[kind], title: 'W'.repeat(500) });
    expect(html).toContain('<meta name="color-scheme" content="light dark"/>');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('width=device-width');
    expect(html).toContain('overflow-wrap:anywhere');
    expect(html).not.toMatch(/[^-]width:\s*(?:3[6-9]|[4-9]\d|\d{3,})\d?px|W{201}/);
  });

  test('escapes every text: no tag, attribute or header line results', async () => {
    const title = '</td><script>alert(1)</script>" onclick="x" &lt; \r\nBcc: all@example.com';
    const plain = await rendered(kind, complete[kind]);
    const { subject, html, text } = await rendered(kind, {
      ...complete[kind],
      title,
      reason: title,
      ownerName: title,
    });
    expect(tags(html)).toEqual(tags(plain.html));
    expect(text).toContain('</td><script>alert(1)</script>" onclick="x" &lt; Bcc: all@example.com');
    expect(subject).not.toMatch(/[\r\n]/);
  });

  test('renders the same markup and the same bytes for any title', async () => {
    const expected = tags((await rendered(kind, complete[kind])).html);
    const texts = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (title) => {
        const first = await rendered(kind, { ...complete[kind], title });
        expect(tags(first.html)).toEqual(expected);
        expect(first.subject).not.toMatch(/\p{Cc}/u);
        expect(await rendered(kind, structuredClone({ ...complete[kind], title }))).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });
});

test('keeps concurrent renderings apart', async () => {
  const titles = Array.from({ length: 20 }, (_, index) => `Video ${index}.`);
  const mails = await Promise.all(
    titles.map((title) => rendered('asset.ready', { ...complete['asset.ready'], title })),
  );
  expect(mails.map(({ text }) => /Video \d+\./.exec(text)?.[0])).toEqual(titles);
});

test('renders a right-to-left title in its own direction', async () => {
  const { html, subject } = await rendered('asset.ready', {
    ...complete['asset.ready'],
    title: 'מופע הקיץ',
  });
  expect(html).toMatch(/<p [^>]*dir="auto"[^>]*>מופע הקיץ<\/p>/);
  expect(subject).toBe('“\u2068מופע הקיץ\u2069” is ready to watch');
});

test.each(['asset.deleted', '', 'constructor', '__proto__'])(
  'reports the kind %j as unknown',
  async (kind) => {
    expect(await renderMail(kind, {}, link)).toMatchObject({ outcome: 'unknown-kind' });
  },
);

test.each([
  [null],
  [{}],
  [{ ...complete['asset.ready'], assetId: '../../login' }],
  [{ ...complete['asset.ready'], title: 7 }],
  [{ ...complete['asset.ready'], durationSeconds: -1 }],
])('reports invalid params %j without repeating a value', async (params) => {
  const rendering = await renderMail('asset.ready', params, link);
  expect(rendering).toMatchObject({ outcome: 'unreadable-params' });
  expect(JSON.stringify(rendering)).not.toMatch(/login|Launch/);
});

function tags(html: string): string[] {
  return [...html.matchAll(/<[!/]?[a-z-]+[^>]*>/gi)].map(([tag]) => tag);
}
