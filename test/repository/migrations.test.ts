import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { statementsOf } from '../../lambdas/platform/postgres/migrate.ts';

const files = readdirSync('migrations')
  .filter((name) => /^\d/.test(name))
  .sort()
  .map((name) => ({ name, sql: readFileSync(`migrations/${name}`, 'utf8') }));
const numbers = files.map(({ name }) => Number(name.slice(0, 4)));

/** Files under the rules of migrations/README.md; databases have earlier files as they are. */
const ruled = files.filter((_, index) => (numbers[index] ?? 0) >= 12);

const NO_TRANSACTION = /^-- No transaction$/m;

test('numbers are unique, and the README names every gap', () => {
  const missing = Array.from({ length: Math.max(...numbers) }, (_, index) => index + 1)
    .filter((number) => !numbers.includes(number))
    .map((number) => String(number).padStart(4, '0'));
  const readme = readFileSync('migrations/README.md', 'utf8');

  expect(new Set(numbers).size).toBe(numbers.length);
  expect(missing).not.toEqual([]);
  expect(missing.filter((number) => !readme.includes(number))).toEqual([]);
});

test('every file has an up and a down part', () => {
  for (const { name, sql } of files) {
    expect([name, /^-- Up Migration$/m.test(sql), /^-- Down Migration$/m.test(sql)]).toEqual([
      name,
      true,
      true,
    ]);
  }
});

test('names of new files use underscores', () => {
  expect(ruled).not.toEqual([]);
  expect(ruled.filter(({ name }) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(name))).toEqual([]);
});

test('new migrations in a transaction limit the wait for locks', () => {
  const inTransaction = ruled.filter(({ sql }) => !NO_TRANSACTION.test(sql));

  expect(inTransaction).not.toEqual([]);
  expect(
    inTransaction
      .filter(({ sql }) => !/^set local lock_timeout = /m.test(sql))
      .map(({ name }) => name),
  ).toEqual([]);
});

test('new indexes are built concurrently, after removing what a failed build left', () => {
  const indexed = ruled.filter(({ sql }) => /create (unique )?index/.test(upOf(sql)));

  for (const { name, sql } of indexed) {
    expect([name, NO_TRANSACTION.test(sql)]).toEqual([name, true]);
    const statements = statementsOf(upOf(sql));
    for (const [index, statement] of statements.entries()) {
      const built = /^create (?:unique )?index (concurrently )?(\S+)/.exec(statement);
      if (built === null) continue;
      expect([name, built[1]]).toEqual([name, 'concurrently ']);
      expect(statements[index - 1]).toBe(`drop index concurrently if exists portal.${built[2]}`);
    }
  }
});

test('no new file adds a constraint and validates it', () => {
  const both = ruled.filter(
    ({ sql }) => /add constraint/.test(upOf(sql)) && /validate constraint/.test(upOf(sql)),
  );
  const validInOne = ruled.filter(({ sql }) =>
    statementsOf(upOf(sql)).some(
      (statement) => /add constraint [\s\S]*check/.test(statement) && !/not valid$/.test(statement),
    ),
  );

  expect(both.map(({ name }) => name)).toEqual([]);
  expect(validInOne.map(({ name }) => name)).toEqual([]);
});

test('statements end at a semicolon at the end of a line', () => {
  expect(statementsOf('-- why\nselect 1;\n\nselect 2,\n  3;\n')).toEqual([
    'select 1',
    'select 2,\n  3',
  ]);
});

const upOf = (sql: string) => sql.split(/^-- Down Migration$/m)[0] ?? '';
