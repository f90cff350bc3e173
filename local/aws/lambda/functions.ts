import {
  type ExecutionEnvironment,
  type Invocation,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { Isolation } from './function-runtime.ts';

export interface FunctionSettings {
  readonly name: string;
  readonly directory: string;
  /** File name without extension, a dot, and the export: `index.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Maximum of parallel invocations. Others wait, where Lambda would scale out or throttle. */
  readonly concurrency: number;
  readonly isolation: Isolation;
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

/** Makes a function with one runtime for each parallel invocation. Reuses them, as Lambda does. */
export function makeFunction(settings: FunctionSettings, file: string): LocalFunction {
  const idle: ExecutionEnvironment[] = [];
  const working = new Set<ExecutionEnvironment>();
  const waiting: (() => void)[] = [];
  let acquired = 0;

  async function acquire(): Promise<ExecutionEnvironment> {
    if (acquired >= settings.concurrency)
      await new Promise<void>((resolve) => waiting.push(resolve));
    else acquired += 1;
    let environment = idle.pop();
    while (environment !== undefined && !environment.usable()) environment = idle.pop();
    return environment ?? startEnvironment(settings, file);
  }

  function release(environment: ExecutionEnvironment): void {
    if (environment.usable()) idle.push(environment);
    else void environment.kill();
    const next = waiting.shift();
    if (next === undefined) acquired -= 1;
    else next();
  }

  return {
    name: settings.name,
    async invoke(event, requestId) {
      const environment = await acquire();
      working.add(environment);
      try {
        return await environment.invoke(event, requestId);
      } finally {
        working.delete(environment);
        release(environment);
      }
    },
    busy: () => acquired + waiting.length,
    async kill() {
      const interrupted = working.size;
      await Promise.all([...idle.splice(0), ...working].map((environment) => environment.kill()));
      return interrupted;
    },
    freeze: () => freezeAll([...idle, ...working]),
  };
}

function startEnvironment(
  { name, handler, ...settings }: FunctionSettings,
  file: string,
): ExecutionEnvironment {
  const [, exportName = 'handler'] = handler.split('.');
  return startExecutionEnvironment({ ...settings, file, exportName, functionName: name });
}

function freezeAll(environments: readonly ExecutionEnvironment[]): () => void {
  for (const environment of environments) environment.freeze(true);
  return () => {
    for (const environment of environments) environment.freeze(false);
  };
}
