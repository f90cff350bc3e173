import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../local/temporary-directory.ts';
import { eventually } from './eventually.ts';

/** Enough for a start that synthesizes the app on a busy machine. */
export const START_MS = 180_000;

export interface Command {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves to the exit code. */
  ended(): Promise<number | null>;
}

/**
 * Runs commands as a user does, with one state directory per test.
 *
 * @param project Root of the repository, or of a copy.
 */
export function useCommands(project: () => string = () => resolve('.')) {
  const started: ChildProcess[] = [];
  let state: TemporaryDirectory;

  beforeEach(() => {
    state = makeTemporaryDirectory('commands');
  });
  afterEach(() => {
    for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
    state.remove();
  });

  function run(
    command: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Command {
    const [file = '', ...args] = command;
    const child = spawn(file, args, {
      cwd: project(),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        DATABASE_URL: '',
        LOCAL_STATE_DIRECTORY: state.path,
        ...environment,
      },
      // Creates a process group, so that a test can interrupt the group as a terminal does.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    const ended = new Promise<number | null>((done) => child.once('close', done));
    return { child, output: () => output, ended: () => ended };
  }

  return { run, stateDirectory: () => state.path };
}

export const node = (...args: readonly string[]) => [process.execPath, ...args];

export async function waitUntilStarted(command: Command): Promise<void> {
  const done = (text: string) =>
    text.includes('Press Ctrl-C to stop.') || command.child.exitCode !== null;
  await eventually(command.output, done, START_MS);
  expect(command.output()).toContain('Press Ctrl-C to stop.');
}

export const sentences = (text: string) => text.trim().split('\n');
