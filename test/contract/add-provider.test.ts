import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { crossStackImports, exportsOf } from '../infrastructure/support/cross-stack.ts';
import { eventually } from '../support/eventually.ts';
import { node, sentences, useCommands, waitUntilStarted } from '../support/run-program.ts';
import { applyChanges, readSteps } from './support/extending-page.ts';
import {
  copyRepository,
  fillInProvider,
  jestCommand,
  type RepositoryCopy,
} from './support/repository-copy.ts';
import { synthesizeIn } from './support/synthesize-in.ts';

/** Ends a test that hangs. The longest takes two minutes while another file runs. */
const LIMIT_MS = 600_000;

const steps = readSteps(readFileSync('docs/extending.md', 'utf8'), 'Add a provider');
const folder = 'lambdas/providers/acme';
const tests = 'test/unit/providers/acme';
let copy: RepositoryCopy;
const { run } = useCommands(() => copy.path);

/** Rules over the templates that concern a provider. The channels of on-call know of none. */
const rules = [
  'api.test.ts',
  'bundles.test.ts',
  'functions.test.ts',
  'local-mode.test.ts',
  ...readdirSync('test/infrastructure/monitoring')
    .filter((name) => name !== 'on-call.test.ts')
    .map((name) => `monitoring/${name}`),
  'permissions.test.ts',
  'queues.test.ts',
].map((name) => `test/infrastructure/${name}`);
/** The smallest stage, whose bundles local mode then runs, and the one with every resource. */
const ruledStages = 'TEST_STAGES=dev,prod-aurora';

beforeAll(() => {
  copy = copyRepository();
  for (const command of steps.commands) copy.run(command.replace('npm run', 'npm run -s'));
}, LIMIT_MS);
afterAll(() => copy.remove());

test('the page names the commands', () => {
  expect(steps.commands).toEqual(['npm run new -- provider acme', 'npm run docs']);
});

test('the generator writes the files of the page', () => {
  const written = [...readdirSync(join(copy.path, folder)), ...readdirSync(join(copy.path, tests))];

  expect(written.toSorted()).toEqual(steps.files.toSorted());
});

test('the generator makes the changes of the page', () => {
  const files = Map.groupBy(steps.changes, ({ file }) => file);

  expect([...files.keys()]).toEqual([
    'lambdas/catalog/providers.ts',
    'lambdas/providers/registry.ts',
  ]);
  for (const [file, changes] of files)
    expect(readFileSync(join(copy.path, file), 'utf8')).toBe(
      applyChanges(readFileSync(file, 'utf8'), changes),
    );
});

test(
  'its tests fail until there is a recorded delivery, and pass with the filled-in files',
  () => {
    expect(() => runTests('unit', tests)).toThrow(/has a recorded delivery of each applied type/);

    const filledIn = fillInProvider('test/contract/acme', copy.path, 'acme');
    expect(filledIn).not.toContain('verify.handler.ts');
    for (const command of steps.commands.slice(1)) copy.run(command);

    expect(runTests('unit', tests)).not.toContain('failed');
  },
  LIMIT_MS,
);

// generate-parts.test.ts checks the types of the whole project after the generator.
test(
  'the types of the filled-in files are those that the registry expects',
  () => {
    const options = { extends: './tsconfig.json', include: ['lambdas/providers', tests] };
    writeFileSync(join(copy.path, 'tsconfig.acme.json'), JSON.stringify(options));

    expect(copy.run('node_modules/.bin/tsc -p tsconfig.acme.json')).toBe('');
  },
  LIMIT_MS,
);

test(
  'the descriptor and the API description pass their tests',
  () => {
    runTests('repository', 'test/repository/docs.test.ts');
    runTests(
      'unit',
      'test/unit/providers/event-rules.test.ts',
      'test/unit/providers/registry.test.ts',
    );
    const { paths } = JSON.parse(readFileSync(join(copy.path, 'docs/openapi.json'), 'utf8'));
    expect(paths['/api/v1/webhooks/acme'].post.parameters).toMatchObject([
      { name: 'Acme-Timestamp' },
      { name: 'Acme-Signature' },
    ]);
  },
  LIMIT_MS,
);

test(
  'the rules over the templates pass',
  () => {
    expect(rules.filter((path) => !existsSync(path))).toEqual([]);
    const output = copy.run(`${ruledStages} ${jestCommand('infrastructure', ...rules)} --verbose`);
    expect(output).toContain('providers/acme/verify.handler.ts');
  },
  LIMIT_MS,
);

test(
  'a version without the provider removes no export that its webhooks stack imports',
  () => {
    const before = synthesizeIn(copy.path, 'dev');
    const after = synthesizeIn('.', 'dev');

    expect(JSON.stringify(before)).toContain('motion-mavericks/dev/acme/webhook-signing-secret');
    expect(crossStackImports(before)).not.toEqual([]);
    expect(crossStackImports(before).filter((name) => !exportsOf(after).includes(name))).toEqual(
      [],
    );
  },
  LIMIT_MS,
);

test(
  'local mode runs, sends, tests and monitors the provider',
  async () => {
    const local = run(node('cli/main.ts', 'start', '--no-watch', '--port', '0'));
    await waitUntilStarted(local);
    expect(local.output()).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/api\/v1\/webhooks\/acme/);
    const output = async (...args: readonly string[]) => {
      const command = run(node(...args));
      await command.ended();
      return command.output();
    };

    const runsOfJob = () => local.output().split('Job run job=report-backlog').length - 1;
    const missing = 'Expected provider events are missing provider=acme';
    await output('cli/main.ts', 'ops', 'jobs', 'run', 'report-backlog');
    await eventually(runsOfJob, (runs) => runs >= 1);
    expect(local.output()).toContain(missing);

    const forged = await output('cli/main.ts', 'send', 'acme', 'captions.ready', '--forged');
    expect(forged).toMatch(/response +400 .*signature-mismatch/);
    const sent = await output('cli/main.ts', 'send', 'acme', 'captions.ready', '--times', '2');
    expect(sent).toMatch(/response +200 .*\n +200 /);
    expect(sent).toMatch(/event +processed/);
    expect(await output('cli/main.ts', 'send', '--help')).toContain(
      'acme: captions.ready, captions.failed',
    );

    const smoke = sentences(await output('cli/main.ts', 'smoke', '--json')).at(-1) ?? '';
    expect(JSON.parse(smoke)).toMatchObject({
      healthy: true,
      providers: expect.arrayContaining([
        expect.objectContaining({ provider: 'acme', healthy: true }),
      ]),
    });

    await output('cli/main.ts', 'ops', 'jobs', 'run', 'report-backlog');
    await eventually(runsOfJob, (runs) => runs >= 2);
    expect(local.output().split(missing)).toHaveLength(2);

    expect(await output('cli/main.ts', 'ops', 'secrets', 'rotate', 'acme')).toContain(
      'put-secret-value',
    );

    process.kill(-(local.child.pid ?? 0), 'SIGINT');
    expect(await local.ended()).toBe(0);
  },
  LIMIT_MS,
);

const runTests = (project: string, ...files: readonly string[]) =>
  copy.run(`${jestCommand(project, ...files)} --verbose`);
