import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { at, render } from './support/references.ts';
import { every, resources, stages } from './support/stages.ts';

const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);
const texts = pages.map((page) => ({ page, text: readFileSync(page, 'utf8') }));

/** Lists what the first group of a pattern matches, with its page. */
const named = (pattern: RegExp) =>
  texts.flatMap(({ page, text }) =>
    [...text.matchAll(pattern)].map(([, name = '']) => ({ page, name })),
  );

const stacks = stages.flatMap((stage) => Object.keys(stage.stacks));
const secretPaths = new Set(
  every('AWS::SecretsManager::Secret').map(({ Properties }) =>
    String(Properties['Name']).split('/').slice(2).join('/'),
  ),
);

const trails = resources
  .filter(({ Type }) => Type === 'AWS::CloudTrail::Trail')
  .map(({ Properties }) => Properties['TrailName']);

test('each stack and each trail in a command of the docs exists', () => {
  const found = named(/(motion-mavericks-(?:dev|staging|prod)-[a-z]+)(?![\w-])/g);

  expect(found.length).toBeGreaterThan(10);
  expect(found.filter(({ name }) => ![...stacks, ...trails].includes(name))).toEqual([]);
});

test('each secret in the docs exists, or is the one that exists before the deploy', () => {
  const found = named(
    /(?<!alias\/)motion-mavericks\/(?:<stage>|dev|staging|prod)\/([a-z][\w/-]*)/g,
  );
  const known = new Set([...secretPaths, 'database']);

  expect(found.length).toBeGreaterThan(10);
  expect(found.filter(({ name }) => !known.has(name))).toEqual([]);
});

test('each alias of a key in the docs exists', () => {
  const found = named(/alias\/motion-mavericks\/(?:<stage>|dev|staging|prod)\/([\w-]+)/g);
  const aliases = every('AWS::KMS::Alias').map(({ Properties }) =>
    String(Properties['AliasName']).split('/').at(-1),
  );

  expect(found).not.toEqual([]);
  expect(found.filter(({ name }) => !aliases.includes(name))).toEqual([]);
});

test('the table of secrets in docs/deploy.md has each secret', () => {
  const rows = [
    ...readFileSync('docs/deploy.md', 'utf8').matchAll(
      /^\| `motion-mavericks\/<stage>\/([\w/-]+)` \|/gm,
    ),
  ].map(([, path = '']) => path);
  // The deploy creates the secret of Aurora and fills it.
  const expected = [...secretPaths].filter((path) => path !== 'aurora/database');

  expect(rows.toSorted()).toEqual([...expected, 'database'].toSorted());
});

/** Names that CloudFormation generates begin with the stack and the logical id. */
const generatedNames = (type: string) =>
  resources.filter(({ Type }) => Type === type).map(({ stack, id }) => `${stack}-${id}`);

test.each([
  ['AWS::Logs::LogGroup', /--log-group-name-prefix (\S+)/g],
  ['AWS::SQS::Queue', /--queue-name-prefix (\S+)/g],
])('each prefix of a name in the docs finds an %s', (type, pattern) => {
  const found = named(pattern);

  expect(found).not.toEqual([]);
  expect(
    found.filter(({ name }) => !generatedNames(type).some((one) => one.startsWith(name))),
  ).toEqual([]);
});

test('each part of a function name in the docs finds a function', () => {
  const found = named(/contains\(FunctionArn,'(\w+)'\)/g);
  const functions = generatedNames('AWS::Lambda::Function');

  expect(found).not.toEqual([]);
  expect(found.filter(({ name }) => !functions.some((one) => one.includes(name)))).toEqual([]);
});

test('each parameter of a stack in the docs exists', () => {
  const found = named(/--parameters [\w-]+:(\w+)=/g);

  expect(found.map(({ name }) => name)).toContain('AllowPlaceholders');
  for (const { name } of found) expect(name).toBe('AllowPlaceholders');
});

test('each dashboard in the docs exists', () => {
  const dashboards = every('AWS::CloudWatch::Dashboard').map((dashboard) =>
    render(dashboard, at(dashboard.Properties, 'DashboardName')),
  );

  expect(dashboards).toContain('motion-mavericks-prod-webhooks');
});

const help = (command: string) =>
  spawnSync(process.execPath, ['node_modules/aws-cdk/bin/cdk', command, '--help'], {
    encoding: 'utf8',
  }).stdout;
const cdkCommands = texts.flatMap(({ page, text }) =>
  [...text.matchAll(/npx cdk ([a-z]+)([^`\n]*)/g)].map(([, command = '', rest = '']) => ({
    page,
    command,
    options: [...rest.matchAll(/ (--[a-z-]+)/g)].map(([, option = '']) => option),
  })),
);

test.each([...new Set(cdkCommands.map(({ command }) => command))])(
  'the options of cdk %s in the pages exist',
  (command) => {
    const known = help(command);
    const options = cdkCommands
      .filter((one) => one.command === command)
      .flatMap((one) => one.options);

    expect(known).toContain(`cdk ${command}`);
    expect(options.filter((option) => !known.includes(option))).toEqual([]);
  },
);
