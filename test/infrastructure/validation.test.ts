import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { findings, readJson, stages } from './support/stages.ts';
import { synthesize } from './support/synthesize.ts';

const directory = mkdtempSync(join(tmpdir(), 'unacknowledged-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

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

test.each(['prod', 'prod-aurora'])(
  'each acknowledgement of %s matches a finding',
  async (stage) => {
    const given = ownAcknowledgements.filter((acknowledged) => acknowledged.stage.stage === stage);
    const preload = [join(import.meta.dirname, 'support/ignore-acknowledgements.mjs')];
    const unacknowledged = join(directory, stage);
    const { exitCode } = await synthesize({
      stage,
      directory: unacknowledged,
      bundle: false,
      preload,
    });
    const found = findings(unacknowledged);

    const unused = given.filter(
      ({ path, rule }) =>
        !found.some(
          (finding) => finding.startsWith(rule) && finding.split(' ')[1]?.startsWith(path),
        ),
    );

    expect(exitCode).not.toBe(0);
    expect(given).not.toEqual([]);
    expect(unused.map(({ path, rule }) => `${rule} ${path}`)).toEqual([]);
  },
  60_000,
);

const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;

(hasCfnLint ? test.each(stages) : test.skip.each(stages))(
  hasCfnLint
    ? 'cfn-lint has no findings in $stage'
    : 'cfn-lint has no findings in $stage (skipped: run pip install cfn-lint)',
  (stage) => {
    const templates = Object.keys(stage.stacks).map((stack) =>
      join(stage.directory, `${stack}.template.json`),
    );
    // W3005: CDK writes each dependency on a role, even if a reference implies it.
    // E3690: cfn-lint does not know Aurora PostgreSQL 18, which CDK supports.
    const args = [
      '--regions',
      stage.config.region,
      '--ignore-checks',
      'W3005',
      'E3690',
      '--',
      ...templates,
    ];
    const { status, stdout, stderr } = spawnSync('cfn-lint', args, { encoding: 'utf8' });

    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  },
  60_000,
);
