import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundlingPath, withoutBundles } from '../../../local/cloudformation/synthesize.ts';
import { configurations } from './configurations.ts';

export const projectRoot = join(import.meta.dirname, '..', '..', '..');

export interface Synthesis {
  readonly exitCode: number | null;
  readonly stderr: string;
}

export interface SynthesisOptions {
  readonly stage: string;
  /** Output directory. Other files that the app writes go there as well. */
  readonly directory: string;
  readonly bundle: boolean;
  /** Additional context, as `--context` would pass it. */
  readonly context?: Readonly<Record<string, string>>;
  /** Modules to load before the app. */
  readonly preload?: readonly string[];
}

/**
 * Runs the app in its own process, as the CLI does, but without CLI, AWS account and credentials.
 * The home directory is empty, and every network connection fails.
 */
export async function synthesize(options: SynthesisOptions): Promise<Synthesis> {
  const { stage, directory, bundle, preload = [] } = options;
  const home = join(directory, 'home');
  mkdirSync(home, { recursive: true });
  const context = {
    ...options.context,
    stages: configurations,
    stage,
    ...(bundle ? {} : withoutBundles),
  };
  const preloads = [join(import.meta.dirname, 'no-network.cjs'), ...preload].flatMap((file) => [
    '--import',
    file,
  ]);
  const app = spawn(process.execPath, [...preloads, 'bin/app.ts'], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: bundlingPath(projectRoot),
      HOME: home,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify(context),
    },
  });
  const [stderr, exitCode] = await Promise.all([
    text(app.stderr),
    new Promise<number | null>((resolve) => app.once('close', resolve)),
  ]);
  return { exitCode, stderr };
}
