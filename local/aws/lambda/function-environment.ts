import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

export interface WorkerSettings {
  readonly file: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly memoryMb: number;
  readonly region: string;
}

export interface ToWorker {
  readonly requestId: string;
  readonly payload: string;
  readonly deadline: number;
}

export interface Fault {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly fault: Fault }
  | { readonly kind: 'done'; readonly payload: string }
  | { readonly kind: 'failed'; readonly fault: Fault };

export type Invocation =
  | { readonly ok: true; readonly requestId: string; readonly result: unknown }
  | { readonly ok: false; readonly requestId: string; readonly fault: Fault };

/** Lambda's word for one process of a function: it handles one invocation at a time and keeps its module state. */
export interface ExecutionEnvironment {
  /** @param requestId Of an invocation that is tried again, that of its first attempt. */
  invoke(event: unknown, requestId?: string): Promise<Invocation>;
  /** False once it crashed, timed out, or could not be initialised; then it takes no further invocation. */
  usable(): boolean;
  /** Ends at once, as `kill -9` would. An invocation under way fails. */
  kill(): Promise<void>;
}

export interface EnvironmentSettings extends WorkerSettings {
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly onOutput: (line: string) => void;
}

// Lambda's own limit for loading a function.
const INIT_MS = 10_000;

export function startEnvironment({
  timeoutSeconds,
  environment,
  onOutput,
  ...settings
}: EnvironmentSettings) {
  const worker = new Worker(join(import.meta.dirname, 'function-worker.ts'), {
    workerData: settings satisfies WorkerSettings,
    env: { ...environment },
    // The options of the process that runs this (a test runner's, for example) are none of the function's business.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr])
    createInterface({ input: stream }).on('line', onOutput);

  let usable = true;
  let settle: (message: FromWorker) => void = () => {};
  const end = (errorType: string, errorMessage: string) => {
    usable = false;
    settle({ kind: 'failed', fault: { errorType, errorMessage, trace: [] } });
  };
  worker.on('message', (message: FromWorker) => settle(message));
  worker.on('error', (error) => end(error.name, error.message));
  worker.on('exit', (code) =>
    end('Runtime.ExitError', `The function's process exited with code ${code}.`),
  );

  const answer = (timeoutMs: number, late: string) =>
    new Promise<FromWorker>((resolve) => {
      const timer = setTimeout(() => {
        end('Sandbox.Timedout', late);
        void worker.terminate();
      }, timeoutMs);
      settle = (message) => {
        clearTimeout(timer);
        settle = () => {};
        resolve(message);
      };
    });
  const initialised = answer(
    INIT_MS,
    `The function was not loaded within ${INIT_MS / 1000} seconds.`,
  );

  async function invoke(event: unknown, requestId: string = randomUUID()): Promise<Invocation> {
    const started = await initialised;
    if (started.kind !== 'ready') {
      usable = false;
      return { ok: false, requestId, fault: 'fault' in started ? started.fault : exited };
    }
    if (!usable) return { ok: false, requestId, fault: exited };
    const answered = answer(
      timeoutSeconds * 1000,
      `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
    );
    worker.postMessage({
      requestId,
      payload: JSON.stringify(event),
      deadline: Date.now() + timeoutSeconds * 1000,
    } satisfies ToWorker);
    return conclude(requestId, await answered);
  }

  return {
    invoke,
    usable: () => usable,
    async kill() {
      await worker.terminate();
    },
  } satisfies ExecutionEnvironment;
}

const exited: Fault = {
  errorType: 'Runtime.ExitError',
  errorMessage: 'The function is not running.',
  trace: [],
};

function conclude(requestId: string, message: FromWorker): Invocation {
  if (message.kind === 'done') return { ok: true, requestId, result: JSON.parse(message.payload) };
  return { ok: false, requestId, fault: 'fault' in message ? message.fault : exited };
}
