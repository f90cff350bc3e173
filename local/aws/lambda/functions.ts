import {
  type ExecutionEnvironment,
  type Invocation,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { Isolation } from './function-runtime.ts';
import { makeSlots } from './slots.ts';

export interface FunctionSettings {
  readonly name: string;
  /** Path of the bundle. */
  readonly file: string;
  readonly exportName: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Maximum of parallel invocations. Others wait, where Lambda would scale out or throttle. */
  readonly concurrency: number;
  readonly isolation: Isolation;
  /** Port on which a debugger attaches. The function then runs without a timeout. */
  readonly inspectPort?: number;
  readonly onOutput: (line: string) => void;
}

export interface LocalFunction {
  readonly name: string;
  /** @param requestId Request id of the first attempt, if this invocation is a retry. */
  invoke(event: unknown, requestId?: string): Promise<Invocation>;
  /** Counts the invocations that run or wait. */
  busy(): number;
  /** Ends every process, as `kill -9` does. @returns the number of interrupted invocations. */
  kill(): Promise<number>;
  /** Stops every process with its connections open. @returns a function that lets them go on. */
  freeze(): () => void;
}

export interface ReplaceableFunction extends LocalFunction {
  /** Changes code and settings. A running invocation finishes with the old ones. */
  replace(settings: FunctionSettings): void;
}

/** A runtime, and the settings with which it started. */
interface StartedRuntime {
  readonly environment: ExecutionEnvironment;
  readonly startedWith: FunctionSettings;
}

/** Makes a function with one runtime for each parallel invocation. Reuses them, as Lambda does. */
export function makeFunction(first: FunctionSettings): ReplaceableFunction {
  const pool = makeRuntimePool(first);
  const working = new Set<StartedRuntime>();
  const environments = () => [...pool.idle, ...working].map(({ environment }) => environment);

  return {
    name: first.name,
    async invoke(event, requestId) {
      const runtime = await pool.acquire();
      working.add(runtime);
      try {
        return await runtime.environment.invoke(event, requestId);
      } finally {
        working.delete(runtime);
        pool.release(runtime);
      }
    },
    replace: pool.replace,
    busy: pool.busy,
    async kill() {
      const interrupted = working.size;
      const all = environments();
      pool.clear();
      await Promise.all(all.map((environment) => environment.kill()));
      return interrupted;
    },
    freeze: () => freezeAll(environments()),
  };
}

/**
 * Makes the runtimes of a function. A runtime starts with its first invocation; an inspected one
 * starts at once, also after new code, so that a debugger can attach before the first event.
 */
function makeRuntimePool(first: FunctionSettings) {
  let settings = first;
  const idle: StartedRuntime[] = [];
  const slots = makeSlots(() => settings.concurrency);
  let ending: Promise<unknown> = Promise.resolve();
  let isCleared = false;

  function end({ environment }: StartedRuntime): void {
    ending = Promise.all([ending, environment.kill()]);
  }

  /** Starts none after `clear`, and none beside an invocation, which starts its own. */
  async function startIfInspected(): Promise<void> {
    if (settings.inspectPort === undefined) return;
    await ending;
    if (!isCleared && slots.busy() === 0 && idle.length === 0) idle.push(startRuntime(settings));
  }

  void startIfInspected();
  return {
    idle: idle as readonly StartedRuntime[],
    async acquire(): Promise<StartedRuntime> {
      const wait = slots.acquire();
      if (wait !== undefined) await wait;
      let runtime = idle.pop();
      while (runtime !== undefined && !runtime.environment.usable()) runtime = idle.pop();
      if (runtime !== undefined) return runtime;
      // The next process with a debugger listens on the port of the last one.
      if (settings.inspectPort !== undefined) await ending;
      return startRuntime(settings);
    },
    release(runtime: StartedRuntime): void {
      if (runtime.environment.usable() && runtime.startedWith === settings) idle.push(runtime);
      else end(runtime);
      slots.release();
      void startIfInspected();
    },
    replace(next: FunctionSettings): void {
      settings = next;
      for (const runtime of idle.splice(0)) end(runtime);
      void startIfInspected();
    },
    /** Forgets the idle runtimes. */
    clear(): void {
      isCleared = true;
      idle.length = 0;
    },
    busy: slots.busy,
  };
}

const startRuntime = (settings: FunctionSettings): StartedRuntime => ({
  environment: startExecutionEnvironment({ ...settings, functionName: settings.name }),
  startedWith: settings,
});

function freezeAll(environments: readonly ExecutionEnvironment[]): () => void {
  for (const environment of environments) environment.freeze(true);
  return () => {
    for (const environment of environments) environment.freeze(false);
  };
}
