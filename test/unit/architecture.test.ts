import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { providers } from '../../lambdas/catalog/providers.ts';
import { foldersUnder, type Import, ownLines, type Source, sourcesUnder } from '../support/source.ts';

const bin = sourcesUnder('bin');
const lib = sourcesUnder('lib');
const lambdas = sourcesUnder('lambdas');
const everything = [...bin, ...lib, ...lambdas, ...sourcesUnder('local')];
const handlers = lambdas.filter(({ path }) => path.endsWith('.handler.ts'));
const ours = ['bin/', 'lib/', 'lambdas/', 'local/', 'test/', 'bench/'];

/** Lists and numbers that the app and the code it deploys agree on: no code of a handler is in them. */
const agreedOn = [
  'lambdas/catalog/portal-api.ts',
  'lambdas/catalog/domain-events.ts',
  'lambdas/catalog/retry-limits.ts',
  'lambdas/catalog/jobs.ts',
  'lambdas/catalog/metrics.ts',
  'lambdas/catalog/operator-commands.ts',
  'lambdas/catalog/providers.ts',
  'lambdas/catalog/secret-limits.ts',
  'lambdas/catalog/settings.ts',
];

/** Each use of what a file may not see, as `file -> target`. */
const breaches = (sources: readonly Source[], forbidden: (one: Import, from: Source) => boolean): string[] =>
  sources.flatMap((source) =>
    source.imports.filter((one) => forbidden(one, source)).map(({ target }) => `${source.path} -> ${target}`),
  );

const inFolder = (sources: readonly Source[], folder: string) => sources.filter(({ path }) => path.startsWith(folder));
const isOurs = ({ target }: Import) => ours.some((folder) => target.startsWith(folder));
const isUnder = (folders: readonly string[]) => (one: Import) =>
  one.atRuntime &&
  one.target !== 'lambdas/webhooks/failures.ts' &&
  folders.some((folder) => one.target.startsWith(folder));

test('bin/ knows only lib/', () => {
  expect(breaches(bin, (one) => isOurs(one) && !one.target.startsWith('lib/'))).toEqual([]);
  expect(breaches(bin, (one) => one.target.startsWith('lib/'))).not.toEqual([]);
});

test('lib/ knows of lambdas/ only the lists and numbers that both agree on', () => {
  const mayNot = (one: Import) => isOurs(one) && !one.target.startsWith('lib/') && !agreedOn.includes(one.target);

  expect(breaches(lib, mayNot)).toEqual([]);
  expect(breaches(lib, ({ target }) => agreedOn.includes(target))).not.toEqual([]);
});

test('what the app and the code agree on loads no code', () => {
  const agreed = lambdas.filter(({ path }) => agreedOn.includes(path));

  expect(agreed.map(({ path }) => path).sort()).toEqual(agreedOn);
  expect(
    breaches(agreed, ({ target, atRuntime }) => atRuntime && target !== 'zod' && !agreedOn.includes(target)),
  ).toEqual([]);
});

test('nothing under lambdas/ knows lib/, local/ or test/', () => {
  expect(breaches(lambdas, (one) => isOurs(one) && !one.target.startsWith('lambdas/'))).toEqual([]);
});

test('only entry points know both the pipeline and the store when they run', () => {
  const both = lambdas.filter(
    ({ imports }) => imports.some(isUnder(['lambdas/pipeline/'])) && imports.some(isUnder(['lambdas/store/'])),
  );

  expect(both).not.toEqual([]);
  expect(both.filter((source) => !handlers.includes(source)).map(({ path }) => path)).toEqual([]);
});

test('runtime, store and pipeline know nothing of what is built on them', () => {
  const above = ['lambdas/providers/', 'lambdas/notifications/', 'lambdas/jobs/', 'lambdas/commands/'];

  expect(
    breaches(inFolder(lambdas, 'lambdas/runtime/'), isUnder([...above, 'lambdas/store/', 'lambdas/pipeline/'])),
  ).toEqual([]);
  expect(breaches(inFolder(lambdas, 'lambdas/store/'), isUnder([...above, 'lambdas/pipeline/']))).toEqual([]);
  expect(breaches(inFolder(lambdas, 'lambdas/pipeline/'), isUnder([...above, 'lambdas/store/']))).toEqual([]);
});

test.each(providers)('%s knows no other provider', (provider) => {
  const own = inFolder(lambdas, `lambdas/providers/${provider}/`);
  const others = providers.filter((one) => one !== provider).map((one) => `lambdas/providers/${one}/`);

  expect(own).not.toEqual([]);
  expect(breaches(own, isUnder(others))).toEqual([]);
});

test('nothing imports an entry point', () => {
  expect(breaches(everything, ({ target }) => target.endsWith('.handler.ts'))).toEqual([]);
});

test('only the store speaks SQL, and only the store speaks to Postgres', () => {
  const sql = /^\s*(with|select)\s|\b(insert\s+into|delete\s+from)\s+[\w.$]+|\bupdate\s+[\w.$]+\s+(\w+\s+)?set\s/i;
  const speakers = lambdas.filter(({ strings }) => strings.some((text) => sql.test(text)));
  const isDriver = ({ target, atRuntime }: Import) => atRuntime && ['pg', 'node-pg-migrate'].includes(target);

  expect(speakers).not.toEqual([]);
  expect(speakers.filter(({ path }) => !path.startsWith('lambdas/store/')).map(({ path }) => path)).toEqual([]);
  expect(breaches(inFolder(lambdas, 'lambdas/store/'), isDriver)).not.toEqual([]);
  expect(breaches(lambdas, (one, { path }) => isDriver(one) && !path.startsWith('lambdas/store/'))).toEqual([]);
});

test.each(providers)('%s has the six files that every provider has', (provider) => {
  const six = ['apply.ts', 'events.ts', 'logged-fields.ts', 'process.handler.ts', 'signature.ts', 'verify.handler.ts'];

  expect(readdirSync(join('lambdas', 'providers', provider))).toEqual(expect.arrayContaining(six));
});

test('no folder is named for what does not belong anywhere', () => {
  const named = ['bin', 'lib', 'lambdas', 'local', 'test'].flatMap((folder) => foldersUnder(folder));

  expect(named).not.toEqual([]);
  expect(named.filter((name) => /^_*(utils?|helpers?|commons?|shared|types|misc)$/i.test(name))).toEqual([]);
});

test('a file is read in one sitting: 200 lines, and 20 for an entry point', () => {
  const tooLong = everything.filter((source) => source.lines > (handlers.includes(source) ? 20 : 200));

  expect(handlers).not.toEqual([]);
  expect(tooLong.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

// One object, in the shape that AWS gives an event: it has no steps that could be taken apart.
const oneLiteral = 'local/aws/http-api-event.ts';

test('a function is seen at once: 40 lines, without those of the named functions in it', () => {
  const functions = everything.flatMap((source) => source.functions.map((one) => ({ source, one })));
  const tooLong = functions.filter(({ source, one }) => ownLines(one, source) > 40);
  const unexpected = tooLong.filter(({ source }) => source.path !== oneLiteral);

  expect(functions.length).toBeGreaterThan(100);
  expect(
    unexpected.map(({ source, one }) => `${source.path}:${one.firstLine}, ${ownLines(one, source)} lines`),
  ).toEqual([]);
});
