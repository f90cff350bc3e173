import {
  type ExecutionEnvironment,
  type Invocation,
  startEnvironment,
} from './function-environment.ts';

export interface FunctionSettings {
  readonly name: string;
  readonly directory: string;
  /** `index.handler`: a file without its ending, a dot, an export. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Invocations at once; further ones wait, where Lambda would start more processes or throttle. */
  readonly concurrency: number;
  readonly onOutput: (line: string) => void;
}

export interface LocalFunction {
  readonly name: string;
  /** @param requestId Of an invocation that is tried again, that of its first attempt. */
  invoke(event: unknown, requestId?: string): Promise<Invocation>;
  /** Invocations under way or waiting. */
  busy(): number;
  /** Ends every process of the function, as `kill -9` would. @returns how many were in the middle of an invocation. */
  kill(): Promise<number>;
}

/** One function: as many threads as there are invocations at once, each used again as Lambda does. */
export function makeFunction(settings: FunctionSettings, file: string): LocalFunction {
  const idle: ExecutionEnvironment[] = [];
  const working = new Set<ExecutionEnvironment>();
  const waiting: (() => void)[] = [];
  let taken = 0;

  const start = () => {
    const [, exportName = 'handler'] = settings.handler.split('.');
    return startEnvironment({
      file,
      exportName,
      functionName: settings.name,
      memoryMb: settings.memoryMb,
      region: settings.region,
      timeoutSeconds: settings.timeoutSeconds,
      environment: settings.environment,
      onOutput: settings.onOutput,
    });
  };

  async function take(): Promise<ExecutionEnvironment> {
    if (taken >= settings.concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken += 1;
    let environment = idle.pop();
    while (environment !== undefined && !environment.usable()) environment = idle.pop();
    return environment ?? start();
  }

  function giveBack(environment: ExecutionEnvironment): void {
    if (environment.usable()) idle.push(environment);
    else void environment.kill();
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next();
  }

  return {
    name: settings.name,
    async invoke(event, requestId) {
      const environment = await take();
      working.add(environment);
      try {
        return await environment.invoke(event, requestId);
      } finally {
        working.delete(environment);
        giveBack(environment);
      }
    },
    busy: () => taken + waiting.length,
    async kill() {
      const interrupted = working.size;
      await Promise.all([...idle.splice(0), ...working].map((environment) => environment.kill()));
      return interrupted;
    },
  };
}
