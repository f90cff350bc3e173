import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig, type StageConfig } from '../../../lib/config.ts';
import { configurations } from './configurations.ts';
import type { Synthesis } from './synthesize.ts';

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      DependsOn: z.array(z.string()).default([]),
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
      UpdatePolicy: z.unknown().optional(),
    }),
  ),
  Rules: z
    .record(
      z.string(),
      z.object({ Assertions: z.array(z.object({ AssertDescription: z.string() })) }),
    )
    .default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({ Value: z.unknown(), Export: z.object({ Name: z.string() }).optional() }),
    )
    .default({}),
});

const report = z.object({
  pluginReports: z.array(
    z.object({
      violations: z.array(
        z.object({
          ruleName: z.string(),
          violatingConstructs: z.array(z.object({ constructPath: z.string() })),
        }),
      ),
    }),
  ),
});

type Template = z.infer<typeof template>;

export type Resource = Template['Resources'][string] & {
  readonly stage: Stage;
  readonly stack: string;
  readonly id: string;
};

/** One synthesized stage, as `cdk deploy` would deploy it. */
export interface Stage extends Synthesis {
  readonly stage: string;
  readonly directory: string;
  readonly config: StageConfig;
  readonly stacks: Readonly<Record<string, Template>>;
}

export const readJson = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(join(...path), 'utf8'));

/** Reads the output of synthesize-stages.ts, which must have run. */
export const stages: readonly Stage[] = (
  JSON.parse(process.env['TEST_SYNTHESES'] ?? '[]') as readonly (Synthesis & {
    stage: string;
    directory: string;
  })[]
).map((synthesis) => ({
  ...synthesis,
  config: readConfig({
    tryGetContext: (key) => ({ stages: configurations, stage: synthesis.stage })[key],
  }),
  stacks: Object.fromEntries(
    readdirSync(synthesis.directory)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => [
        file.replace('.template.json', ''),
        template.parse(readJson(synthesis.directory, file)),
      ]),
  ),
}));

export const resources: readonly Resource[] = stages.flatMap((stage) =>
  Object.entries(stage.stacks).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).map(([id, resource]) => ({ stage, stack, id, ...resource })),
  ),
);

/**
 * Returns all resources of a type.
 * @throws if a stage has none, because a rule over an empty set would always pass.
 */
export function every(type: string): readonly [Resource, ...Resource[]] {
  const found = resources.filter(({ Type }) => Type === type);
  const missing = stages.filter((stage) => !found.some((resource) => resource.stage === stage));
  const [first, ...others] = found;
  if (first === undefined || missing.length > 0) {
    throw new Error(
      [`A stage has no resource of type ${type}.`, ...missing.map(({ stderr }) => stderr)].join(
        '\n',
      ),
    );
  }
  return [first, ...others];
}

/** Returns the findings of the CDK validation and cdk-nag, each as rule and construct. */
export function findings(directory: string): readonly string[] {
  if (!existsSync(join(directory, 'validation-report.json'))) return ['no validation-report.json'];
  return report
    .parse(readJson(directory, 'validation-report.json'))
    .pluginReports.flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
}

/** Returns the findings of cdk-nag that an acknowledgement removed, each as rule and construct. */
export const acknowledgedFindings = (directory: string): readonly string[] =>
  z.array(z.string()).parse(readJson(directory, 'acknowledged-findings.json'));
