import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { requireLoopback } from './loopback.ts';
import type { Unsupported } from './supported-template.ts';

/**
 * ministack (https://github.com/ministackorg/ministack, MIT) implements CloudFormation and runs the
 * functions of a stack. The workflow installs the version with which these lists were tried.
 */
const COMMAND = 'ministack';

/** Resources of this app's templates that the emulator rejects. */
export const unsupported: readonly Unsupported[] = [
  {
    type: 'AWS::CloudWatch::Alarm',
    property: 'Metrics',
    because: 'no alarms over several metrics',
  },
  { type: 'AWS::CloudWatch::CompositeAlarm', because: 'no composite alarms, so no paging' },
  { type: 'AWS::EventSchemas::Registry', because: 'no schema registry' },
  { type: 'AWS::EventSchemas::Schema', because: 'no schema registry' },
  { type: 'AWS::Events::Archive', because: 'no archives of a bus' },
  { type: 'AWS::Logs::QueryDefinition', because: 'no saved queries' },
];

const START_LIMIT_MS = 60_000;

export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  readonly port: number;
  /** Whole environment of the emulator and of the functions that it runs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly account: string;
  readonly region: string;
  readonly logFile: string;
}

/** Starts the emulator on this machine and waits until it answers. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { port, environment, account, region, logFile } = options;
  const url = requireLoopback(`http://127.0.0.1:${port}`);
  const log = openSync(logFile, 'w');
  const child = spawn(COMMAND, {
    stdio: ['ignore', log, log],
    env: {
      ...environment,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      LAMBDA_EXECUTOR: 'local',
    },
  });
  const spawnError = new Promise<never>((_, reject) => {
    child.once('error', (error) =>
      reject(new Error(`${COMMAND} cannot be started: ${error.message}. See docs/pipeline.md.`)),
    );
  });
  process.once('exit', () => child.kill('SIGKILL'));
  await Promise.race([waitUntilReady(url, child, logFile), spawnError]);
  return { url, stop: () => stop(child) };
}

async function waitUntilReady(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const response = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (response?.ok) return;
    await setTimeout(100);
  }
  const end = readFileSync(logFile, 'utf8').slice(-2_000);
  throw new Error(`${COMMAND} did not answer at ${url}. The end of its log:\n${end}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(10_000).then(() => child.kill('SIGKILL'));
  await Promise.race([ended, timer]);
}
