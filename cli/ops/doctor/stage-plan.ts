import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { UserError } from '../../../local/user-error.ts';

const project = join(import.meta.dirname, '../../..');

const settingsSchema = z.looseObject({
  account: z.string().optional(),
  region: z.string(),
  database: z.string(),
  databaseSecretName: z.string().optional(),
  mailFrom: z.string(),
  processor: z.object({ maxConcurrency: z.number() }),
  mail: z.object({ maxConcurrency: z.number() }),
  terminationProtection: z.boolean(),
});

export type DoctorSettings = z.infer<typeof settingsSchema>;

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
  Rules: z
    .record(
      z.string(),
      z.object({ Assertions: z.array(z.object({ AssertDescription: z.string() })) }),
    )
    .default({}),
  Outputs: z
    .record(z.string(), z.object({ Export: z.object({ Name: z.string() }).optional() }))
    .default({}),
});

export type Template = z.infer<typeof templateSchema>;

/** Stacks that a deploy of the stage would create, with the settings of the stage. */
export interface StagePlan {
  readonly stage: string;
  readonly settings: DoctorSettings;
  readonly data: Template;
  readonly webhooks: Template;
}

export const dataStackName = (stage: string) => `motion-mavericks-${stage}-data`;
export const webhooksStackName = (stage: string) => `motion-mavericks-${stage}-webhooks`;

/** Reads the settings of a stage in cdk.json. */
export function readSettings(stage: string): DoctorSettings {
  const { context } = JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8')) as {
    context: { stages: Readonly<Record<string, unknown>> };
  };
  return settingsSchema.parse(context.stages[stage]);
}

/**
 * Synthesizes the stage without bundles, in a few seconds.
 * @throws a UserError with the output of the app, for example a list of invalid settings.
 */
export async function planStage(stage: string): Promise<StagePlan> {
  const directory = mkdtempSync(join(tmpdir(), 'doctor-'));
  try {
    await runApp(directory, stage);
    const templates = new Map(
      readdirSync(directory)
        .filter((file) => file.endsWith('.template.json'))
        .map((file) => [
          file.replace('.template.json', ''),
          templateSchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8'))),
        ]),
    );
    const data = templates.get(dataStackName(stage));
    const webhooks = templates.get(webhooksStackName(stage));
    if (!data || !webhooks) throw new UserError(`The app has no stacks for the stage '${stage}'.`);
    return { stage, settings: readSettings(stage), data, webhooks };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runApp(directory: string, stage: string): Promise<void> {
  const context = JSON.stringify({ stage, 'aws:cdk:bundling-stacks': [] });
  const app = spawn(process.execPath, ['bin/app.ts'], {
    cwd: project,
    env: {
      ...process.env,
      // The rules of CloudFormation take half of the time; a deploy applies them.
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: context,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  app.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-4_000);
  });
  const code = await new Promise((resolve, reject) => {
    app.once('error', reject);
    app.once('close', resolve);
  });
  if (code !== 0) throw new UserError(`Synthesis of the stage failed:\n${output.trim()}`);
}

/** Names of the secrets that operators fill, and that the deploy creates empty. */
export const operatorSecretNames = ({ data }: Pick<StagePlan, 'data'>): readonly string[] =>
  Object.values(data.Resources)
    .filter(({ Type }) => Type === 'AWS::SecretsManager::Secret')
    .filter(({ Properties }) => Properties['GenerateSecretString'] === undefined)
    .map(({ Properties }) => String(Properties['Name']));

/** Name of the secret that must exist before a deploy; undefined if the deploy creates it. */
export function databaseSecretName({ stage, settings }: Pick<StagePlan, 'stage' | 'settings'>) {
  if (settings.database === 'aurora') return undefined;
  return settings.databaseSecretName ?? `motion-mavericks/${stage}/database`;
}
