import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';

/**
 * `thread` starts fast and shares the memory of this process. `process` can be killed and frozen by
 * the operating system, as a soak does.
 */
export type Isolation = 'thread' | 'process';

export interface RuntimeSettings {
  /** Path of the function's bundle. */
  readonly file: string;
  readonly isolation: Isolation;
  readonly environment: Readonly<Record<string, string>>;
  /** Port on which a debugger attaches to the process, which then is a process of its own. */
  readonly inspectPort?: number;
  readonly onOutput: (line: string) => void;
}

/** Thread or process that runs the code of a function. */
export interface FunctionRuntime {
  post(message: object): void;
  onMessage(receive: (message: unknown) => void): void;
  /** Reports an error of the code, or the end of the runtime. */
  onEnd(end: (errorType: string, errorMessage: string) => void): void;
  /** Ends the runtime at once. Resolves after its end. */
  kill(): Promise<void>;
  /** Stops a process with its connections open, or lets it go on. A thread cannot be frozen. */
  freeze(frozen: boolean): void;
}

const ENTRY_POINT = join(import.meta.dirname, 'function-worker.ts');

/** @param data Passed to the entry point. */
export const startRuntime = (settings: RuntimeSettings, data: object): FunctionRuntime =>
  settings.isolation === 'process' || settings.inspectPort !== undefined
    ? startProcess(settings, data)
    : startThread(settings, data);

/**
 * Lets Node.js keep the compiled bundle beside it, so that both are removed together. The next
 * start of the function takes half of the CPU time. The entry point hides the variable.
 */
const withCompileCache = ({ environment, file }: RuntimeSettings) => ({
  ...environment,
  NODE_COMPILE_CACHE: join(dirname(file), 'compile-cache'),
});

function startThread(settings: RuntimeSettings, data: object): FunctionRuntime {
  const worker = new Worker(ENTRY_POINT, {
    workerData: data,
    env: withCompileCache(settings),
    // Keeps the options of this process, for example of a test runner, out of the function.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  readLines([worker.stdout, worker.stderr], settings.onOutput);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (receive) => void worker.on('message', receive),
    onEnd(end) {
      worker.on('error', (error) => end(error.name, error.message));
      worker.on('exit', (code) => end(...exitError(`code ${code}`)));
    },
    async kill() {
      await worker.terminate();
    },
    freeze() {},
  };
}

function startProcess(settings: RuntimeSettings, data: object): FunctionRuntime {
  const { inspectPort, onOutput } = settings;
  const child = fork(ENTRY_POINT, [JSON.stringify(data)], {
    env: withCompileCache(settings),
    execArgv: inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A terminal sends Ctrl-C to every process of its group.
    detached: true,
  });
  readLines([child.stdout, child.stderr], onOutput);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  killOnExit(child);
  return {
    // The channel may have closed; the end of the process reports that.
    post: (message) => void child.send(message, () => {}),
    onMessage: (receive) => void child.on('message', receive),
    onEnd: (end) => reportEnd(child, end),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await ended;
    },
    freeze: (frozen) => void child.kill(frozen ? 'SIGSTOP' : 'SIGCONT'),
  };
}

/** Processes that must not outlive this one. */
const children = new Set<ChildProcess>();

function killOnExit(child: ChildProcess): void {
  if (children.size === 0) process.once('exit', killChildren);
  children.add(child);
  child.once('exit', () => {
    children.delete(child);
    if (children.size === 0) process.off('exit', killChildren);
  });
}

function killChildren(): void {
  for (const child of children) child.kill('SIGKILL');
}

function reportEnd(child: ChildProcess, end: Parameters<FunctionRuntime['onEnd']>[0]): void {
  child.on('error', (error) => end(error.name, error.message));
  child.on('exit', (code, signal) =>
    end(...exitError(signal === null ? `code ${code}` : `signal ${signal}`)),
  );
}

const exitError = (reason: string): [errorType: string, errorMessage: string] => [
  'Runtime.ExitError',
  `The function's process exited with ${reason}.`,
];

function readLines(streams: readonly (Readable | null)[], onLine: (line: string) => void): void {
  for (const stream of streams)
    if (stream !== null) createInterface({ input: stream }).on('line', onLine);
}
