import {
  type ExecutionEnvironment,
  type Invocation,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { Isolation } from './function-runtime.ts';

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
  /** Starts a runtime now, which otherwise starts at the first invocation. */
  warmUp(): void;
}

/** A runtime, and the settings with which it started. */
interface StartedRuntime {
  readonly environment: ExecutionEnvironment;
  readonly startedWith: FunctionSettings;
}

/** Makes a function with one runtime for each parallel invocation. Reuses them, as Lambda does. */
export function makeFunction(first: FunctionSettings): ReplaceableFunction {
  let settings = first;
  const idle: StartedRuntime[] = [];
  const working = new Set<StartedRuntime>();
  const waiting: (() => void)[] = [];
  let acquired = 0;
  let ending: Promise<unknown> = Promise.resolve();

  async function acquire(): Promise<StartedRuntime> {
    if (acquired >= settings.concurrency)
      await new Promise<void>((resolve) => waiting.push(resolve));
    else acquired += 1;
    let runtime = idle.pop();
    while (runtime !== undefined && !runtime.environment.usable()) runtime = idle.pop();
    if (runtime !== undefined) return runtime;
    // The next process with a debugger listens on the port of the last one.
    if (settings.inspectPort !== undefined) await ending;
    return { environment: startEnvironment(settings), startedWith: settings };
  }

  function end({ environment }: StartedRuntime): void {
    ending = Promise.all([ending, environment.kill()]);
  }

  function release(runtime: StartedRuntime): void {
    if (runtime.environment.usable() && runtime.startedWith === settings) idle.push(runtime);
    else end(runtime);
    const next = waiting.shift();
    if (next === undefined) acquired -= 1;
    else next();
  }

  return {
    name: first.name,
    async invoke(event, requestId) {
      const runtime = await acquire();
      working.add(runtime);
      try {
        return await runtime.environment.invoke(event, requestId);
      } finally {
        working.delete(runtime);
        release(runtime);
      }
    },
    replace(next) {
      settings = next;
      for (const runtime of idle.splice(0)) end(runtime);
    },
    warmUp: () => void acquire().then(release),
    busy: () => acquired + waiting.length,
    async kill() {
      const interrupted = working.size;
      const all = [...idle.splice(0), ...working];
      await Promise.all(all.map(({ environment }) => environment.kill()));
      return interrupted;
    },
    freeze: () => freezeAll([...idle, ...working].map(({ environment }) => environment)),
  };
}

const startEnvironment = ({ name, ...settings }: FunctionSettings): ExecutionEnvironment =>
  startExecutionEnvironment({ ...settings, functionName: name });

function freezeAll(environments: readonly ExecutionEnvironment[]): () => void {
  for (const environment of environments) environment.freeze(true);
  return () => {
    for (const environment of environments) environment.freeze(false);
  };
}
