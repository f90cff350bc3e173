import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { providers } from '../../lambdas/catalog/providers.ts';
import { findCycles } from '../support/import-cycles.ts';
import { foldersUnder, type Import, type Source, sourcesUnder } from '../support/source.ts';
import { ranks } from './folder-ranks.ts';

const lib = sourcesUnder('lib');
const lambdas = sourcesUnder('lambdas');
const consoleSources = sourcesUnder('console');
const local = sourcesUnder('local');
const cli = sourcesUnder('cli');
const scripts = sourcesUnder('scripts');
const bin = sourcesUnder('bin');
const product = [...bin, ...lib, ...lambdas, ...consoleSources, ...local, ...cli, ...scripts];
const handlers = lambdas.filter(({ path }) => path.endsWith('.handler.ts'));
const topFolders = 'bin lib lambdas console local cli scripts bench test'
  .split(' ')
  .map((name) => `${name}/`);

/** Lists each import that a rule forbids, as `file -> target`. */
const breaches = (
  sources: readonly Source[],
  isForbidden: (one: Import, from: Source) => boolean,
): string[] =>
  sources.flatMap((source) =>
    source.imports
      .filter((one) => isForbidden(one, source))
      .map(({ target }) => `${source.path} -> ${target}`),
  );

const isOurs = ({ target }: Import) => topFolders.some((folder) => target.startsWith(folder));
const isIn =
  (...folders: readonly string[]) =>
  ({ target }: Import) =>
    folders.some((folder) => target.startsWith(folder));

describe('top folders', () => {
  test.each([
    ['bin/', bin, ['lib/']],
    [
      'lib/',
      lib,
      [
        'lib/',
        'lambdas/catalog/',
        'lambdas/providers/registry.ts',
        'lambdas/providers/provider-descriptor.ts',
      ],
    ],
    ['lambdas/', lambdas, ['lambdas/']],
    ['console/', consoleSources, ['console/', 'lambdas/']],
    ['local/', local, ['local/', 'console/', 'lambdas/']],
    ['cli/', cli, ['cli/', 'local/', 'console/', 'lambdas/']],
    ['scripts/', scripts, ['scripts/', 'local/postgres/', 'lambdas/']],
  ])('%s imports only from folders below it', (_, sources, allowed) => {
    expect(breaches(sources, isIn(...allowed))).not.toEqual([]);
    expect(breaches(sources, (one) => isOurs(one) && !isIn(...allowed)(one))).toEqual([]);
  });

  test('the operator CLI imports of local mode only address, log format and error', () => {
    const operator = cli.filter(({ path }) => /^cli\/(ops|smoke|command-line|output)\//.test(path));
    const allowed = ['local/log-line.ts', 'local/running-instance.ts', 'local/user-error.ts'];

    expect(breaches(operator, isIn('local/'))).not.toEqual([]);
    expect(breaches(operator, (one) => isIn('local/')(one) && !isIn(...allowed)(one))).toEqual([]);
  });
});

const folderOf = (path: string) => path.split('/')[1] ?? '';
const rankOf = (path: string) => ranks.findIndex((folders) => folders.includes(folderOf(path)));

describe('lambdas/', () => {
  test('has a rank for every folder', () => {
    const folders = readdirSync('lambdas', { withFileTypes: true });

    expect(folders.filter((one) => !one.isDirectory())).toEqual([]);
    expect(folders.map(({ name }) => name).sort()).toEqual(ranks.flat().sort());
  });

  test('imports from the same rank or a lower one', () => {
    const upward = breaches(
      lambdas,
      ({ target }, { path }) => target.startsWith('lambdas/') && rankOf(target) > rankOf(path),
    );

    expect(upward).toEqual([]);
  });

  test('the catalog imports only zod and its own lists at runtime', () => {
    const catalog = lambdas.filter(({ path }) => path.startsWith('lambdas/catalog/'));

    expect(catalog).not.toEqual([]);
    expect(
      breaches(
        catalog,
        (one) => one.atRuntime && one.target !== 'zod' && !isIn('lambdas/catalog/')(one),
      ),
    ).toEqual([]);
  });

  test.each(providers)('%s knows no other provider', (provider) => {
    const own = lambdas.filter(({ path }) => path.startsWith(`lambdas/providers/${provider}/`));
    const others = providers.filter((one) => one !== provider);

    expect(own).not.toEqual([]);
    expect(breaches(own, isIn(...others.map((one) => `lambdas/providers/${one}/`)))).toEqual([]);
  });

  test('the registry of providers loads no handler, database driver or AWS client', () => {
    const bySource = new Map(lambdas.map((source) => [source.path, source]));
    const reached = new Set<string>();
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { target, atRuntime } of bySource.get(path)?.imports ?? [])
        if (atRuntime) visit(target);
    };
    visit('lambdas/providers/registry.ts');
    const forbidden =
      /^lambdas\/platform\/(postgres|aws|aws-lite)\/|^pg$|^@aws-sdk\/|\.handler\.ts$/;

    for (const provider of providers)
      expect(reached).toContain(`lambdas/providers/${provider}/signature.ts`);
    expect([...reached].filter((path) => forbidden.test(path))).toEqual([]);
  });

  test('aws-lite imports no client of the AWS SDK', () => {
    const lite = lambdas.filter(({ path }) => path.startsWith('lambdas/platform/aws-lite/'));

    expect(lite).not.toEqual([]);
    expect(breaches(lite, isIn('@aws-sdk/', '@smithy/'))).toEqual([]);
  });

  test('only verifiers import aws-lite', () => {
    const others = lambdas.filter(
      ({ path }) =>
        !path.startsWith('lambdas/platform/aws-lite/') && !path.endsWith('/verify.handler.ts'),
    );

    expect(breaches(others, isIn('lambdas/platform/aws-lite/'))).toEqual([]);
  });

  test('SQL is only in *.queries.ts and platform/postgres, the driver only in platform', () => {
    const statements = [
      /^\s*(with|select)\s/i,
      /\b(insert\s+into|delete\s+from)\s+[\w.$]+/i,
      /\bupdate\s+[\w.$]+\s+(\w+\s+)?set\s/i,
    ];
    const isSql = (text: string) => statements.some((statement) => statement.test(text));
    const isAllowed = (path: string) =>
      path.endsWith('.queries.ts') || path.startsWith('lambdas/platform/postgres/');
    const withSql = lambdas.filter(({ strings }) => strings.some(isSql));
    const isDriver = ({ target, atRuntime }: Import) =>
      atRuntime && ['pg', 'node-pg-migrate'].includes(target);

    expect(withSql).not.toEqual([]);
    expect(withSql.filter(({ path }) => !isAllowed(path)).map(({ path }) => path)).toEqual([]);
    expect(breaches(lambdas, isDriver)).not.toEqual([]);
    expect(
      breaches(lambdas, (one, { path }) => isDriver(one) && !path.startsWith('lambdas/platform/')),
    ).toEqual([]);
  });
});

/** Files that may name a provider: the provider's own, and those about one provider's API. */
const namesProviders = [
  'lambdas/catalog/providers.ts',
  'lambdas/providers/',
  'lambdas/signing-secrets/',
  'lambdas/notifications/',
  'lambdas/reconciliation/',
  'lambdas/endpoints/',
  'local/sandbox/',
  'cli/demo',
  'cli/pictures/sample-traffic.ts',
  'cli/soak/',
];

test('every list of providers derives from the catalog or the registry', () => {
  const isName = (text: string) => providers.some((provider) => provider === text);
  const naming = product.filter(({ strings }) => strings.some(isName)).map(({ path }) => path);

  expect(naming).toContain('lambdas/catalog/providers.ts');
  expect(naming.filter((path) => !namesProviders.some((one) => path.startsWith(one)))).toEqual([]);
});

test('no file imports an entry point', () => {
  expect(handlers).not.toEqual([]);
  expect(breaches(product, ({ target }) => target.endsWith('.handler.ts'))).toEqual([]);
});

test('no import cycle exists, imports of types included', () => {
  expect(findCycles(product)).toEqual([]);
});

test('findCycles finds a cycle of three files', () => {
  const file = (path: string, ...targets: readonly string[]): Source => ({
    path,
    text: '',
    lines: 1,
    functions: [],
    strings: [],
    imports: targets.map((target) => ({ target, atRuntime: false })),
  });

  expect(findCycles([file('a', 'b'), file('b', 'c'), file('c', 'a'), file('d', 'a')])).toEqual([
    ['a', 'b', 'c'],
  ]);
});

test('no folder has more than 20 files', () => {
  const counts = new Map<string, number>();
  for (const { path } of [...product, ...sourcesUnder('test')])
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);

  expect(counts.size).toBeGreaterThan(30);
  expect([...counts].filter(([, files]) => files > 20)).toEqual([]);
});

test('no folder has a name such as utils or helpers', () => {
  const names = topFolders.flatMap((folder) => foldersUnder(folder));

  expect(names).not.toEqual([]);
  expect(
    names.filter((name) => /^_*(utils?|helpers?|commons?|shared|types|misc)$/i.test(name)),
  ).toEqual([]);
});
