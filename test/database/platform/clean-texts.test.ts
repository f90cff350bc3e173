import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSingleLine, withoutDirectionMarks } from '../../../lambdas/platform/single-line.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();

const special = fc.constantFrom(
  '\n',
  '\r',
  '\t',
  '\u0001',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u061c',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202e',
  '\u2066',
  '\u2069',
  ' ',
);
const anyText = fc
  .array(fc.oneof(special, fc.string({ unit: 'grapheme', minLength: 1 })), { maxLength: 12 })
  .map((parts) => parts.join('').replaceAll('\0', ''));

async function single(text: string): Promise<string> {
  const { rows } = await database.pool.query<{ text: string }>(
    'select portal.single_line($1::text) as text',
    [text],
  );
  return rows[0]?.text ?? '';
}

test('Postgres makes one line of any text, without direction marks, and keeps a line', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const line = await single(text);
      expect(isSingleLine(line)).toBe(true);
      expect(withoutDirectionMarks(line)).toBe(line);
      expect(await single(line)).toBe(line);
    }),
    { numRuns: 200 },
  );
  expect(await single('Größe 日本 👩‍🚀 שלום')).toBe('Größe 日本 👩‍🚀 שלום');
});

test('titles, labels and names that the portal writes are one line', async () => {
  const dirty = ' two\r\nlines\u202e and a mark\u0007 ';
  const { rows } = await database.pool.query(
    `with owner as (
       insert into portal.users (email, name) values ('a@example.org', $1) returning id, name
     ), asset as (
       insert into portal.assets (owner_id, title, status)
       select id, $1, 'ready' from owner returning id, owner_id, title
     ), link as (
       insert into portal.share_links (asset_id, owner_id, label, expires_at)
       select id, owner_id, $1, now() from asset returning label
     )
     select name, title, label from owner, asset, link`,
    [dirty],
  );
  const clean = 'two lines and a mark';
  expect(rows).toEqual([{ name: clean, title: clean, label: clean }]);

  await database.pool.query('update portal.assets set title = $1', [`${dirty}again`]);
  const titles = await database.pool.query('select title from portal.assets');
  expect(titles.rows).toEqual([{ title: `${clean} again` }]);
});
