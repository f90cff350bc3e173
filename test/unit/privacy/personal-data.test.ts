import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { personalColumns } from '../../../lambdas/catalog/privacy/personal-columns.ts';
import {
  type PersonalPlace,
  type PersonalPlaceName,
  personalPlaces,
} from '../../../lambdas/catalog/privacy/personal-places.ts';
import { prunedKinds } from '../../../lambdas/retention/prune.ts';
import { describePersonalData } from '../../../scripts/describe-personal-data.ts';

const places: Readonly<Record<PersonalPlaceName, PersonalPlace>> = personalPlaces;

/** Reads the columns of every table from the schema that the migrations result in. */
function schemaColumns(): ReadonlyMap<string, readonly string[]> {
  const schema = readFileSync('migrations/schema.sql', 'utf8');
  const tables = [...schema.matchAll(/^create table portal\.(\w+) \(\n([\s\S]*?)\n\);$/gm)];
  return new Map(
    tables.map(([, table = '', body = '']) => [
      table,
      body
        .split('\n')
        .map((line) => /^ {2}"?(\w+)"? /.exec(line)?.[1] ?? '')
        .filter((name) => name !== '' && name !== 'constraint'),
    ]),
  );
}

test('every column of every table is classified as personal data or not', () => {
  const columns = schemaColumns();
  const unclassified = [...columns].flatMap(([table, names]) =>
    names
      .filter((name) => !Object.hasOwn(personalColumns[table] ?? {}, name))
      .map(
        (name) =>
          `portal.${table}.${name} has no class. Add it to ` +
          'lambdas/catalog/privacy/personal-columns.ts: none, member, or the place that it ' +
          'belongs to. If it is a new place, state in personal-places.ts for how long it is kept ' +
          'and why, let the job prune remove it, and run npm run docs.',
      ),
  );

  expect(columns.size).toBeGreaterThan(20);
  expect(unclassified).toEqual([]);
});

test('classifies no column that the schema lacks', () => {
  const columns = schemaColumns();
  const unknown = Object.entries(personalColumns).flatMap(([table, classes]) =>
    Object.keys(classes)
      .filter((name) => !columns.get(table)?.includes(name))
      .map((name) => `${table}.${name}`),
  );

  expect(unknown).toEqual([]);
});

test('every kind of rows that a place names is removed by the job prune', () => {
  const kinds = Object.values(places).flatMap(({ enforcement }) =>
    enforcement.by === 'prune' ? enforcement.kinds : [],
  );

  expect(kinds.length).toBeGreaterThan(10);
  expect(kinds.filter((kind) => !(prunedKinds as readonly string[]).includes(kind))).toEqual([]);
});

test('every personal column ends by the job prune or with the account', () => {
  const used = new Set(Object.values(personalColumns).flatMap((classes) => Object.values(classes)));
  const named = [...used].filter((one) => one !== 'none' && one !== 'member');

  expect(named.length).toBeGreaterThan(10);
  expect(
    named.filter((name) => !['prune', 'account'].includes(places[name].enforcement.by)),
  ).toEqual([]);
});

test('the table in docs/privacy.md is up to date with the catalog (npm run docs)', () => {
  const page = readFileSync('docs/privacy.md', 'utf8');

  expect(page).toBe(describePersonalData(page));
});
