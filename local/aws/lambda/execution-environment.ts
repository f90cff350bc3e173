import { randomUUID } from 'node:crypto';
import { type FunctionRuntime, type RuntimeSettings, startRuntime } from './function-runtime.ts';

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

/** Error of an invocation, in the format of Lambda's response. */
export interface InvocationError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: InvocationError }
  | { readonly kind: 'done'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: InvocationError };

export type Invocation =
  | { readonly ok: true; readonly requestId: string; readonly result: unknown }
  | { readonly ok: false; readonly requestId: string; readonly error: InvocationError };

/**
 * One process of a function ("execution environment" is Lambda's term).
 * Handles one invocation at a time and keeps its module state between invocations.
 */
export interface ExecutionEnvironment {
  /** @param requestId Request id of the first attempt, if this invocation is a retry. */
  invoke(event: unknown, requestId?: string): Promise<Invocation>;
  /** Returns false after a crash, a timeout or a failed initialisation. */
  usable(): boolean;
  /** Ends the process at once, as `kill -9` does. A running invocation fails. */
  kill(): Promise<void>;
  /** Stops the process with its connections open, or lets it go on. */
  freeze(frozen: boolean): void;
}

export interface EnvironmentSettings extends WorkerSettings, RuntimeSettings {
  readonly timeoutSeconds: number;
}

/** Lambda's limit for loading a function. */
const INIT_MS = 10_000;

/** Time of an invocation at whose breakpoints a person waits. */
const INSPECTED_SECONDS = 24 * 3_600;

export function startExecutionEnvironment(settings: EnvironmentSettings): ExecutionEnvironment {
  const inspected = settings.inspectPort !== undefined;
  const timeoutSeconds = inspected ? INSPECTED_SECONDS : settings.timeoutSeconds;
  const channel = openChannel(start(settings));
  const initialised = channel.nextMessage(
    inspected ? INSPECTED_SECONDS * 1000 : INIT_MS,
    `The function was not loaded within ${INIT_MS / 1000} seconds.`,
  );
  return {
    async invoke(event, requestId = randomUUID()) {
      const first = await initialised;
      if (first.kind !== 'ready') {
        channel.markUnusable();
        return toInvocation(requestId, first);
      }
      if (!channel.usable()) return { ok: false, requestId, error: notRunning };
      const reply = channel.nextMessage(
        timeoutSeconds * 1000,
        `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      );
      channel.post({
        requestId,
        payload: JSON.stringify(event),
        deadline: Date.now() + timeoutSeconds * 1000,
      });
      return toInvocation(requestId, await reply);
    },
    usable: channel.usable,
    kill: channel.kill,
    freeze: channel.freeze,
  };
}

function start(settings: EnvironmentSettings) {
  const { file, exportName, functionName, memoryMb, region } = settings;
  const data: WorkerSettings = { file, exportName, functionName, memoryMb, region };
  return startRuntime(settings, data);
}

interface WorkerChannel {
  post(message: ToWorker): void;
  /** Resolves to the next message. After `timeoutMs`, ends the runtime and returns a failure. */
  nextMessage(timeoutMs: number, timeoutMessage: string): Promise<FromWorker>;
  usable(): boolean;
  markUnusable(): void;
  kill(): Promise<void>;
  freeze(frozen: boolean): void;
}

function openChannel(runtime: FunctionRuntime): WorkerChannel {
  let usable = true;
  let receive: (message: FromWorker) => void = () => {};
  const end = (errorType: string, errorMessage: string) => {
    usable = false;
    receive({ kind: 'failed', error: { errorType, errorMessage, trace: [] } });
  };
  runtime.onMessage((message) => receive(message as FromWorker));
  runtime.onEnd(end);
  return {
    post: runtime.post,
    nextMessage: (timeoutMs, timeoutMessage) =>
      new Promise<FromWorker>((resolve) => {
        const timer = setTimeout(() => {
          end('Sandbox.Timedout', timeoutMessage);
          void runtime.kill();
        }, timeoutMs);
        receive = (message) => {
          clearTimeout(timer);
          receive = () => {};
          resolve(message);
        };
      }),
    usable: () => usable,
    markUnusable() {
      usable = false;
    },
    kill: runtime.kill,
    freeze: runtime.freeze,
  };
}

const notRunning: InvocationError = {
  errorType: 'Runtime.ExitError',
  errorMessage: 'The function is not running.',
  trace: [],
};

function toInvocation(requestId: string, message: FromWorker): Invocation {
  if (message.kind === 'done') return { ok: true, requestId, result: JSON.parse(message.payload) };
  return { ok: false, requestId, error: 'error' in message ? message.error : notRunning };
}
