import { describe, expect, test } from '@jest/globals';
import { mailSamples, type SampleTexts, sampleTexts } from '../../../cli/mails/mail-samples.ts';
import { renderPreviews } from '../../../cli/mails/render-previews.ts';
import { mailKinds, renderMail } from '../../../lambdas/notifications/render-mail.ts';

const tags = (html: string) => [...html.matchAll(/<[!/]?([a-z0-9-]+)/gi)].map(([, tag]) => tag);
const previews = await renderPreviews(mailKinds());
const sampleOf = (kind: string, sample: string) => {
  const found = previews.find((one) => one.kind === kind && one.sample === sample);
  if (found === undefined) throw new Error(`No ${sample} sample of ${kind}`);
  return found.mail;
};

test('every kind of mail has samples', () => {
  expect(Object.keys(mailSamples).toSorted()).toEqual([...mailKinds()].toSorted());
});

test.each(previews)('$kind, $sample: nothing is missing, empty or unreadable', ({ mail }) => {
  const { subject, html, text } = mail;

  expect(`${subject} ${text}`).not.toMatch(/\b(null|undefined|NaN|Invalid Date)\b|“”|\(\)/);
  // Fits the limit of the preview line and of every mail program that cuts subjects.
  expect(subject.length).toBeLessThan(200);
  expect(subject).not.toMatch(/\p{Cc}/u);
  expect(html).toMatch(/<title>[^<]{5,}<\/title>/);
  expect(html).not.toMatch(/<(script|img|iframe|link|form)\b|url\(|@import/);
  expect(text.length).toBeGreaterThan(60);
});

test.each(mailKinds())('%s has the same markup with hostile texts as with usual ones', (kind) => {
  expect(tags(sampleOf(kind, 'hostile').html)).toEqual(tags(sampleOf(kind, 'usual').html));
});

describe('tables', () => {
  const withTables = previews.filter(
    ({ mail, sample }) => sample === 'usual' && mail.html.includes('class="data"'),
  );

  test('most mails of operations have one', () => {
    expect(withTables.length).toBeGreaterThan(5);
  });

  test.each(withTables)('$kind: each row of the text is one line, below its heads', ({ mail }) => {
    const [table = ''] = /<table class="data".*?<\/table>/s.exec(mail.html) ?? [];
    const heads = textsOf(table, 'th');
    const cells = textsOf(table.replace(/<span class="label[^>]*>.*?<\/span>/gs, ''), 'td');
    const row = cells.slice(0, heads.length).filter((cell) => cell.length <= 36);
    const lines = mail.text.split('\n');

    expect(heads.length).toBeGreaterThan(1);
    expect(lines.some((line) => heads.every((head) => line.includes(head)))).toBe(true);
    expect(lines.some((line) => row.every((cell) => line.includes(cell)))).toBe(true);
  });

  test.each(withTables)(
    '$kind: cells stack on a narrow screen and name their column',
    ({ mail }) => {
      expect(mail.html).toContain('@media (max-width: 480px)');
      expect(mail.html).toMatch(/<td[^>]*><span class="label[^>]*>[^<]+: <\/span>/);
    },
  );
});

describe('words and numbers', () => {
  test.each(previews)('$kind, $sample: as Australian members write them', ({ mail, sample }) => {
    const { subject, html, text } = mail;
    const words = `${subject}\n${text}`
      .replace(/^npm run .*$/gm, '')
      .replace(/https:\S+|\b[0-9a-f]{64}\b|\b53100\b|[0-9a-f-]{36}/g, '')
      .replace(/\b\d{1,2} [A-Z][a-z]{2} 2026\b/g, '');

    expect(html).toContain('<html dir="ltr" lang="en-AU">');
    expect(words).not.toMatch(/\d %|\d{4}-\d\d-\d\d|\bmails?\b/i);
    // The title of this sample contains a year.
    if (sample !== 'right to left') expect(words).not.toMatch(/\d{4}/);
  });

  test.each([
    ['invitations.expired', '1,212 invitations have expired'],
    ['share-links.digest', '2,003 share links have expired'],
    ['share-links.expired', '1,012 share links of yours have expired'],
    ['webhooks.exhausted', 'prod: 2,003 events failed permanently'],
    ['webhooks.waiting', 'prod: 3,031 events wait for a repair of this system'],
    ['residency.reported', 'prod: residency report, week of 23 Nov 2026: violation'],
  ])('the subject of %s is %s', (kind, subject) => {
    expect(sampleOf(kind, 'usual').subject).toBe(subject);
  });

  test.each([
    ['invitations.expired', 'invitations', 'An invitation has expired', 'And '],
    ['share-links.digest', 'top', 'A share link has expired', 'owners|links'],
    ['share-links.expired', 'links', 'A share link of yours has expired', 'And |these|links'],
    ['webhooks.exhausted', 'events', 'prod: An event failed permanently', 'events:|replay them'],
    [
      'webhooks.waiting',
      'faults',
      'prod: An event waits for a repair of this system',
      'These|the events|Each event|events wait',
    ],
    ['secrets.due', 'secrets', 'prod: A signing secret is due to be rotated', 'these|Each command'],
  ])('%s of one thing has no plural', async (kind, list, subject, plural) => {
    const sample = mailSamples[kind]?.(sampleTexts['usual'] as SampleTexts) as Sample;
    const one = { total: 1, links: 1, owners: 1, groups: [], [list]: sample[list]?.slice(0, 1) };
    const mail = await render(kind, { ...sample, ...one });

    expect(mail.subject).toBe(subject);
    expect(mail.text.replace(/https:\S+/g, '')).not.toMatch(new RegExp(plural));
  });
});

type Sample = Readonly<Record<string, readonly unknown[]>>;

async function render(kind: string, params: unknown) {
  const rendering = await renderMail(kind, params, 'https://portal.example');
  if (rendering.outcome !== 'rendered') throw new Error(rendering.fault);
  return rendering.mail;
}

test.each(previews)('$kind, $sample: the preview line is text without entities', ({ mail }) => {
  const [, escaped = ''] =
    /data-skip-in-text="true"[^>]*>(.*?)<(?:div|\/div)>/s.exec(mail.html) ?? [];
  const preview = plain(escaped);

  expect(preview).toMatch(/^\S.{9,147}\S$/);
  expect(preview).not.toMatch(/&(amp|lt|gt|quot|#x27);|&$/);
});

test('a long preview line ends with a whole character', async () => {
  const sample = mailSamples['residency.reported']?.(sampleTexts['usual'] as SampleTexts) as object;
  for (const finding of [`${'a'.repeat(147)}👩👩👩`, `${'a'.repeat(148)}👩👩`, '&'.repeat(200)]) {
    const { html } = await render('residency.reported', { ...sample, finding });
    const [, escaped = ''] = /data-skip-in-text="true"[^>]*>(.*?)<(?:div|\/div)>/s.exec(html) ?? [];

    expect(plain(escaped).isWellFormed()).toBe(true);
    expect(plain(escaped)).toMatch(/^(a|&){147,148}…$|^a{147}…$/u);
    expect(escaped.replaceAll('&amp;', '')).not.toContain('&');
  }
});

test('the button of the mail about share links opens the video that its label names', async () => {
  const sample = mailSamples['share-links.expired']?.(
    sampleTexts['usual'] as SampleTexts,
  ) as Sample;
  const links = sample['links'] ?? [];
  const other = { ...(links[0] as object), assetId: '0195d3a4-7c1e-7b2a-9c55-3d2f1a8b4c6d' };
  const one = await render('share-links.expired', { total: 3, links });
  const two = await render('share-links.expired', { total: 4, links: [...links, other] });
  const { html, text } = sampleOf('share-links.expired', 'usual');

  expect(one.html).toContain('Open the video in the portal');
  expect(two.html).toContain('Open the first video in the portal');
  expect(html).toContain('Open the first video in the portal');
  expect(text).toContain('And 1,009 more links.');
  expect(text).not.toContain('lists');
});

test('a mail to people without a shell has a button before the command', () => {
  for (const kind of ['address.suppressed', 'invitations.expired']) {
    const { html } = sampleOf(kind, 'usual');
    expect(html.indexOf('https://portal.example/admin/')).toBeGreaterThan(0);
    expect(html.indexOf('npm run ops')).toBeGreaterThan(
      html.indexOf('https://portal.example/admin/'),
    );
  }
});

test('digests name their list, mails about one thing do not', () => {
  const lists = previews
    .filter(({ sample }) => sample === 'usual')
    .flatMap(({ kind, mail }) => (mail.list === undefined ? [] : [[kind, mail.list]]));

  expect(Object.fromEntries(lists)).toEqual({
    'residency.reported': 'residency',
    'secrets.due': 'secrets',
    'share-links.digest': 'share-links',
  });
});

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&amp;': '&',
};
const plain = (html: string) =>
  html.replace(/&(?:lt|gt|quot|#x27|amp);/g, (entity) => entities[entity] ?? entity);

function textsOf(html: string, tag: string): readonly string[] {
  return [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>(.*?)</${tag}>`, 'gs'))].map(
    ([, text = '']) =>
      text
        .replace(/<[^>]*>/g, '')
        .replaceAll('&#x27;', "'")
        .trim(),
  );
}
