import { describe, expect, test } from '@jest/globals';
import { mailSamples } from '../../../cli/mails/mail-samples.ts';
import { renderPreviews } from '../../../cli/mails/render-previews.ts';
import { mailKinds } from '../../../lambdas/notifications/render-mail.ts';

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

function textsOf(html: string, tag: string): readonly string[] {
  return [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>(.*?)</${tag}>`, 'gs'))].map(
    ([, text = '']) =>
      text
        .replace(/<[^>]*>/g, '')
        .replaceAll('&#x27;', "'")
        .trim(),
  );
}
