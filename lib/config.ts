import type { z } from 'zod';
import { type StageSettings, stageSettings } from './config/stage-settings.ts';

export interface StageConfig extends StageSettings {
  readonly stage: string;
  readonly databaseSecretName: string;
  /** Applies to one deploy: `--context canary=skip`. */
  readonly skipCanary: boolean;
}

export interface Context {
  tryGetContext(key: string): unknown;
}

/**
 * Reads and validates the settings of the stage that `--context stage` names.
 * @throws ConfigurationError that lists every invalid setting with its value and what is allowed.
 */
export function readConfig(context: Context): StageConfig {
  const stages = context.tryGetContext('stages') as Readonly<Record<string, unknown>>;
  const stage = String(context.tryGetContext('stage') ?? 'dev');
  if (!Object.hasOwn(stages, stage)) {
    throw new ConfigurationError(
      `cdk.json has no stage '${stage}'. Stages: ${Object.keys(stages).join(', ')}.`,
    );
  }
  const parsed = stageSettings.safeParse(stages[stage], { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `\n  - ${describe(issue)}`);
    throw new ConfigurationError(
      `Invalid settings of stage '${stage}' in cdk.json:${problems.join('')}`,
    );
  }
  const isFirstDeploy = readSwitch(context, 'first-deploy', 'yes');
  return {
    ...parsed.data,
    // The CLI protects a stack before it executes the first change set, and could then not delete
    // and repeat a first deploy that failed. A rollback could not delete a protected cluster.
    terminationProtection: parsed.data.terminationProtection && !isFirstDeploy,
    databaseSecretName: secretNameOf(parsed.data, stage),
    stage,
    skipCanary: readSwitch(context, 'canary', 'skip'),
  };
}

/**
 * Returns a different name for each kind of database, because a stage that switches between them
 * has both secrets for a time.
 */
function secretNameOf({ database, databaseSecretName }: StageSettings, stage: string): string {
  if (database === 'aurora') return `motion-mavericks/${stage}/aurora/database`;
  return databaseSecretName ?? `motion-mavericks/${stage}/database`;
}

/** Options of one deploy that `--context` passes: what the deploy does without each. */
const switches = {
  canary: 'deploy with a canary',
  'first-deploy': 'protect the stacks if the stage says so',
};

function readSwitch(context: Context, name: keyof typeof switches, on: string): boolean {
  const given = context.tryGetContext(name);
  if (given === undefined || given === on) return given === on;
  throw new ConfigurationError(
    `--context ${name} accepts only '${on}'; got ${JSON.stringify(given)}. ` +
      `Omit it to ${switches[name]}.`,
  );
}

/** Has no stack trace, because its cause is in cdk.json and not in code. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
    this.stack = `${this.name}: ${message}`;
  }
}

function describe({ path, message, input, code }: z.core.$ZodIssue): string {
  const setting = path.join('.') || '(stage)';
  return code === 'unrecognized_keys' || code === 'custom'
    ? `${setting}: ${message}`
    : `${setting}: ${message}; got ${JSON.stringify(input) ?? 'nothing'}`;
}
