import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import cdkJson from '../../../cdk.json' with { type: 'json' };
import {
  type LeftOut,
  supportedTemplate,
  type Template,
  type Unsupported,
} from './supported-template.ts';

export const STAGE = 'dev';

export interface SynthesisOptions {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly unsupported: readonly Unsupported[];
  /** Batch size of the processors, if it is not that of cdk.json. */
  readonly batchSize?: number;
}

/** Synthesizes the stage with its bundles, as the pipeline does, without what is unsupported. */
export function synthesizeForEmulator(options: SynthesisOptions): readonly LeftOut[] {
  const settings = cdkJson.context.stages[STAGE];
  const { directory, environment, unsupported } = options;
  const { batchSize = settings.processor.batchSize } = options;
  const stages = { [STAGE]: { ...settings, processor: { ...settings.processor, batchSize } } };
  const { status } = spawnSync(process.execPath, ['bin/app.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...environment,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({ stages, stage: STAGE }),
    },
  });
  if (status !== 0) throw new Error('The synthesis failed; its messages are above.');
  return readdirSync(directory)
    .filter((file) => file.endsWith('.template.json'))
    .flatMap((file) => reduceFile(join(directory, file), unsupported));
}

function reduceFile(path: string, unsupported: readonly Unsupported[]): readonly LeftOut[] {
  const { template, leftOut } = supportedTemplate(readTemplate(path), unsupported);
  writeFileSync(path, JSON.stringify(template));
  return leftOut;
}

export const readTemplate = (path: string): Template => JSON.parse(readFileSync(path, 'utf8'));
