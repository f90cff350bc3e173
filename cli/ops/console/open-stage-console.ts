import { makeCloudWatchSource } from '../../../console/figures/cloudwatch-source.ts';
import { type RunningConsole, startConsole } from '../../../console/server/start-console.ts';
import type { RunCommand } from '../operations-client.ts';
import type { StageTarget } from '../target.ts';
import { makeStageBackend } from './stage-backend.ts';

export interface StageConsoleOptions {
  readonly target: StageTarget & { readonly stage: string };
  readonly runCommand: RunCommand;
  readonly port: number;
}

/** Starts the console of a stage on this machine. */
export function openStageConsole(options: StageConsoleOptions): Promise<RunningConsole> {
  const { target, runCommand, port } = options;
  const { url, stage, region } = target;
  const readMetrics = makeCloudWatchSource({ region });
  const backend = makeStageBackend({ url, stage, runCommand, readMetrics });
  return startConsole({ backend, port });
}
