import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  contractingStatements,
  migrationProblems,
} from '../../../scripts/pipeline/contracting-statements.ts';

test.each([
  ['alter table portal.assets drop column title;', 'removes a column'],
  ['alter table portal.assets drop title;', 'removes a column'],
  ['ALTER TABLE portal.assets\n  DROP COLUMN IF EXISTS title;', 'removes a column'],
  ['drop table if exists portal.assets;', 'removes an object'],
  ['drop view portal.open_assets;', 'removes an object'],
  ['drop function portal.now();', 'removes an object'],
  ['alter table portal.assets rename column title to name;', 'renames an object'],
  ['alter table portal.assets rename title to name;', 'renames an object'],
  ['alter table portal.assets rename to videos;', 'renames an object'],
  ["alter type status rename value 'a' to 'b';", 'renames an object'],
  ['alter table a alter column size type bigint;', 'changes the type of a column'],
  ['alter table a alter size set data type bigint;', 'changes the type of a column'],
  ['alter table a alter column size set not null;', 'rejects rows without a value'],
  ['alter table a alter column size drop default;', 'removes a default'],
  ['alter table a set schema archive;', 'moves an object'],
  ['truncate portal.assets;', 'removes all rows'],
  [
    'alter table a add column size bigint not null;',
    'adds a column that inserts of the deployed code do not fill',
  ],
])('%s contracts', (sql, problem) => {
  expect(contractingStatements(`-- Up Migration\n${sql}\n-- Down Migration\n`)).toEqual([problem]);
});

test.each([
  'alter table a add column size bigint;',
  'alter table a add column size bigint not null default 0;',
  'alter table a add column size bigint generated always as (1) stored;',
  'alter table a drop constraint a_check;',
  'alter table a alter column size drop not null;',
  "comment on table a is 'drop table a; truncate a';",
  '-- drop table a\nselect 1;',
  '/* drop column x */ create table b (id int not null);',
  'drop index concurrently if exists a_idx;',
  'create type status as enum (1);',
])('%s does not contract', (sql) => {
  expect(contractingStatements(`-- Up Migration\n${sql}\n`)).toEqual([]);
});

test('the down part may remove what the up part added', () => {
  const sql = '-- Up Migration\ncreate table a ();\n-- Down Migration\ndrop table a;\n';

  expect(contractingStatements(sql)).toEqual([]);
});

test('a contraction must name a commit that is part of the deployed release', () => {
  const sql = 'alter table a drop column b;';
  const marked = `-- Contract: no code needs it since 0123abc\n${sql}`;
  const problems = (text: string, isDeployed: boolean) =>
    migrationProblems([{ name: '0050_drop_b.sql', sql: text }], () => isDeployed);

  expect(problems(sql, true)).toEqual([
    expect.stringContaining('0050_drop_b.sql removes a column'),
  ]);
  expect(problems(marked, false)).toEqual([expect.stringContaining('Deploy that commit first')]);
  expect(problems(marked, true)).toEqual([]);
});

test('finds the contractions among the migrations of this project', () => {
  const found = readdirSync('migrations')
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .filter((name) => contractingStatements(readFileSync(`migrations/${name}`, 'utf8')).length > 0);

  expect(found).not.toEqual([]);
});
