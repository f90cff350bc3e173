import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { acknowledgedFindings, findings, readJson, type Stage, stages } from './support/stages.ts';

const metadata = z.record(z.string(), z.array(z.object({ type: z.string(), data: z.unknown() })));

const acknowledgements = stages.flatMap((stage) =>
  readdirSync(stage.directory)
    .filter((file) => file.endsWith('.metadata.json'))
    .flatMap((file) => Object.entries(metadata.parse(readJson(stage.directory, file))))
    .flatMap(([path, entries]) =>
      entries
        .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
        .flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>))
        .map(([rule, reason]) => ({
          stage,
          path: path.slice(1),
          rule: rule.replace('Annotation::', ''),
          reason,
        })),
    ),
);

test.each(stages)(
  '$stage synthesizes without a network, an account or credentials',
  ({ exitCode, stderr }) => {
    expect({ exitCode, stderr: stderr.replace(/^(Bundling asset|npm warn) .*\n/gm, '') }).toEqual({
      exitCode: 0,
      stderr: '',
    });
  },
);

test.each(stages)('cdk-nag and the CDK validation have no findings in $stage', (stage) => {
  expect(findings(stage.directory)).toEqual([]);
});

// CDK itself acknowledges a rule about the format of flow logs.
const ownAcknowledgements = acknowledgements.filter(
  ({ reason }) => !reason.startsWith('AWS::EC2::FlowLog Destination'),
);

test.each(ownAcknowledgements)(
  '$path explains in a sentence why $rule does not apply',
  ({ stage, path, reason }) => {
    // An acknowledgement on a stack would also apply to resources that are added later.
    expect(Object.keys(stage.stacks)).not.toContain(path);
    expect(path).toContain('/');
    expect(reason).toMatch(/^[A-Z].{40,}\.$/);
  },
);

test.each(['prod', 'prod-aurora'])('each acknowledgement of %s matches a finding', (name) => {
  const given = ownAcknowledgements.filter(({ stage }) => stage.stage === name);
  const found = stages
    .filter(({ stage }) => stage === name)
    .flatMap(({ directory }) => acknowledgedFindings(directory));

  const unused = given.filter(
    ({ path, rule }) =>
      !found.some((finding) => finding.startsWith(rule) && finding.split(' ')[1]?.startsWith(path)),
  );

  expect(given).not.toEqual([]);
  expect(unused.map(({ path, rule }) => `${rule} ${path}`)).toEqual([]);
});

/**
 * Runs cfn-lint once for all templates of a region, because it loads its rules for seconds.
 * The format `parseable` starts each line with the path of its template.
 */
function lintTemplates(region: string, templates: readonly string[]) {
  // W3005: CDK writes each dependency on a role, even if a reference implies it.
  // E3690: cfn-lint does not know Aurora PostgreSQL 18, which CDK supports.
  const args = ['--regions', region, '--ignore-checks', 'W3005', 'E3690', '--format', 'parseable'];
  return spawnSync('cfn-lint', [...args, '--', ...templates], { encoding: 'utf8' });
}

const templatesOf = (stage: Stage) =>
  Object.keys(stage.stacks).map((stack) => join(stage.directory, `${stack}.template.json`));

const linted = [...Map.groupBy(stages, ({ config }) => config.region)].map(
  ([region, ofRegion]) => ({
    stages: ofRegion,
    ...lintTemplates(region, ofRegion.flatMap(templatesOf)),
  }),
);
const hasCfnLint =
  linted.every(({ status }) => status === 0) || spawnSync('cfn-lint', ['--version']).status === 0;

(hasCfnLint ? test.each(stages) : test.skip.each(stages))(
  hasCfnLint
    ? 'cfn-lint has no findings in $stage'
    : 'cfn-lint has no findings in $stage (skipped: run pip install cfn-lint)',
  (stage) => {
    const run = linted.find((one) => one.stages.includes(stage));
    const lines = run?.stdout.split('\n').filter(Boolean) ?? [];
    const isOf = ({ directory }: Stage, line: string) => line.startsWith(`${directory}/`);
    const ofNoStage = lines.filter((line) => !stages.some((one) => isOf(one, line)));

    // A finding fails only its stage. A run that failed without a finding fails every stage.
    expect({
      findings: lines.filter((line) => isOf(stage, line)),
      ofNoStage,
      status: lines.length === 0 ? run?.status : 0,
      stderr: run?.stderr,
    }).toEqual({ findings: [], ofNoStage: [], status: 0, stderr: '' });
  },
);
