import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { readConfig } from '../../lib/config.ts';
import { opsProgram, readCommand } from '../support/command-line.ts';
import { sourcesUnder } from '../support/source.ts';

const pagesIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const decisions = pagesIn('docs/adr').filter((path) => !path.endsWith('README.md'));
const pages = [
  'README.md',
  'migrations/README.md',
  'lambdas/platform/aws-lite/README.md',
  ...pagesIn('docs'),
  ...pagesIn('docs/adr'),
];
const texts = pages.map((page) => ({ page, text: readFileSync(page, 'utf8') }));
const runbook = readFileSync('docs/runbook.md', 'utf8');
const sections = runbook
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ name: text.split('\n')[0] ?? '', text }))
  // Sections of alarms. test/infrastructure/monitoring/alarms.test.ts compares their names with
  // the alarms.
  .filter(({ name }) => /^[a-z-]+$/.test(name));

/** Values for the placeholders of the pages. */
const fillIns: readonly (readonly [RegExp, string])[] = [
  [/<event id>/, 'evt-1'],
  [/<provider>/, 'mux'],
  [/<address>/, 'mira@example.org'],
  [/<name>/, 'prune'],
  [/<time>/, '2026-03-01T09:00:00Z'],
  [/<asset id>/, 'mux-asset-1'],
  [/<id>/, '10000000-0000-4000-8000-000000000001'],
  [/(['"])…\1/, "'a good reason'"],
  [/--stage …/, '--stage dev'],
];

const wordsOf = (line: string) =>
  [
    ...fillIns
      .reduce((filled, [hole, by]) => filled.replace(hole, by), line)
      .matchAll(/(['"])(.*?)\1|(\S+)/g),
  ].map(([, , quoted, plain]) => quoted ?? plain ?? '');

/**
 * Extracts each command without the explanation in the column beside it. Leaves out
 * `npm run ops -- … --stage dev`, which represents all commands.
 */
const opsCommands = texts.flatMap(({ page, text }) =>
  [...text.matchAll(/npm run (?:-s )?ops --\s([^`\n]*(?:`|\n)?)/g)]
    .map(([, line = '']) => line.replace(/[`\n]+$/, '').split(/\s{2,}|\s\\?[|>]\s|\)"/)[0] ?? '')
    .filter((line) => !line.startsWith('… ') && line !== 'secrets')
    .map((line) => ({ page, line })),
);

test.each(opsCommands)('$page: npm run ops -- $line is a valid command', ({ line }) => {
  const read = readCommand(opsProgram, wordsOf(line), new Date());

  if (read === undefined) return expect(line).toMatch(/(^|\s)--help$/);
  expect(read.command.name).not.toBe('');
});

test('the pages contain commands of most groups', () => {
  const kinds = new Set(opsCommands.map(({ line }) => line.split(' ')[0]));

  expect(opsCommands.length).toBeGreaterThan(30);
  expect([...kinds]).toEqual(
    expect.arrayContaining(['events', 'dead-letters', 'jobs', 'suppressions', 'secrets']),
  );
});

const scripts = Object.keys(
  (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts,
);

test.each(texts)('each npm script in $page exists', ({ text }) => {
  const named = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name ?? '');

  expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
});

test.each(sections)('$name has a meaning, a query, a command and an action', ({ text }) => {
  const [, meaning, look, act] = text.split(/^\*\*(?:Meaning|Look here|Do this)\.\*\*/m);
  const [query = ''] = look?.match(/(?<=^```\n)[\s\S]*?(?=^```$)/m) ?? [];

  expect(meaning?.trim().length).toBeGreaterThan(60);
  expect(query).toMatch(/^(filter|parse|stats|fields) /);
  expect(look).toMatch(/^```sh\n(?:.*\n)*?npm run ops -- /m);
  expect(act?.trim().length).toBeGreaterThan(60);
});

test('each message in a query is a log message in the code', () => {
  const logTexts = sourcesUnder('lambdas').flatMap(({ strings }) => strings);
  const queried = sections.flatMap(({ name, text }) =>
    [...text.matchAll(/message (?:=|in) (\[[^\]]*\]|'[^']*')/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/'([^']*)'/g)].map(([, message = '']) => ({ name, message })),
    ),
  );

  expect(queried.length).toBeGreaterThan(20);
  expect(queried.filter(({ message }) => !logTexts.includes(message))).toEqual([]);
});

const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (path: string) =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );

test.each(texts)('each link in $page has a target', ({ page, text }) => {
  const targets = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  const broken = targets.filter((target) => {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page : join(dirname(page), file);
    return !existsSync(path) || (anchor !== undefined && !anchorsIn(path).includes(anchor));
  });

  expect(broken).toEqual([]);
});

test('the contents of the runbook link each procedure', () => {
  const procedures = [...runbook.matchAll(/^## (How to (?!use).+)$/gm)].map(
    ([, heading = '']) => heading,
  );

  expect(procedures.length).toBeGreaterThan(3);
  expect(
    procedures.filter((heading) => !runbook.includes(`[${heading}](#${anchorOf(heading)})`)),
  ).toEqual([]);
});

test.each(texts)('each file in $page exists', ({ text }) => {
  const named = [
    ...text.matchAll(
      /`((?:bin|lib|lambdas|local|cli|scripts|bench|test|migrations|docs)\/[\w./-]+)`/g,
    ),
  ];

  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
});

test.each(decisions)('the index of docs/adr links %s', (page) => {
  expect(readFileSync('docs/adr/README.md', 'utf8')).toContain(`](${basename(page)})`);
});

test('the README links each page', () => {
  const readme = readFileSync('README.md', 'utf8');

  expect(pagesIn('docs').filter((page) => !readme.includes(`](${page})`))).toEqual([]);
});

test('the happy path in docs/architecture.md has at most 18 files', () => {
  const architecture = readFileSync('docs/architecture.md', 'utf8');
  const files = [...architecture.matchAll(/^\| \d+ \| `([^`]+)` \|/gm)].map(
    ([, file = '']) => file,
  );

  expect(files.length).toBeGreaterThan(10);
  expect(files.length).toBeLessThanOrEqual(18);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test('docs/deploy.md describes each setting of a stage', () => {
  const table =
    readFileSync('docs/deploy.md', 'utf8').match(/^## Settings of a stage$[\s\S]*?(?=^##)/m)?.[0] ??
    '';
  const settings = Object.keys(cdkJson.context.stages.prod);

  expect(settings.filter((name) => !new RegExp(`^\\| [^|]*\`${name}\``, 'm').test(table))).toEqual(
    [],
  );
});

test('each context in the pages is one that the app reads', () => {
  const given = texts.flatMap(({ text }) =>
    [...text.matchAll(/--context ([\w-]+)=(\w+)/g)].map(([, name = '', value = '']) => ({
      name,
      value,
    })),
  );
  const { stages } = cdkJson.context;

  expect(new Set(given.map(({ name }) => name))).toEqual(
    new Set(['stage', 'canary', 'first-deploy']),
  );
  for (const { name, value } of given) {
    const context = { stage: 'prod', [name]: value } as Readonly<Record<string, unknown>>;
    const read = () =>
      readConfig({
        tryGetContext: (key) => (key === 'stages' ? stages : context[key]),
      });

    expect(read).not.toThrow();
  }
});

test.each([
  ['A failed canary', ['npx cdk deploy', 'aws cloudformation wait stack-rollback-complete']],
  ['A failed rollback', ['npx cdk rollback', 'aws cloudformation continue-update-rollback']],
  ['A failed migration', ['aws logs tail', 'npx cdk deploy']],
  ['A bad processor', ['npx cdk deploy --all --app', 'update-event-source-mapping']],
])('the runbook has the commands for: %s', (heading, commands) => {
  const [, section = ''] = runbook.split(`### ${heading}\n`);
  const text = section.split(/^##/m)[0] ?? '';

  for (const command of commands) expect(text).toContain(command);
  expect(runbook).toContain(`](#${anchorOf(heading)})`);
});

test('each command of the runbook that operates on a stage names it', () => {
  const commands = opsCommands.filter(({ page }) => page === 'docs/runbook.md');

  expect(commands.length).toBeGreaterThan(20);
  expect(commands.filter(({ line }) => !/--stage \S|--help$/.test(line))).toEqual([]);
});
