import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  readonly process: ChildProcess;
  /**
   * Waits for the line `@<name> <text>` on the child's stdout and returns the text. Rejects if the
   * child ends before.
   */
  printed(name: string): Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts a child process that the test may kill. The child never outlives the test process. */
export function startChild(file: string, order: object): Child {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const killChild = () => child.kill('SIGKILL');
  process.once('exit', killChild);
  const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', killChild);
      resolve({ code, signal });
    });
  });
  const lines = new Map<string, PromiseWithResolvers<string>>();
  const lineOf = (name: string) => {
    const known = lines.get(name) ?? Promise.withResolvers<string>();
    lines.set(name, known);
    return known;
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, name, rest] = /^@(\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) lineOf(name).resolve(rest ?? '');
  });
  const endedBefore = async (name: string): Promise<string> => {
    const { code, signal } = await ended;
    throw new Error(`The child ended (${code ?? signal}) before it printed ${name}.`);
  };
  return {
    process: child,
    ended,
    printed: (name) => Promise.race([lineOf(name).promise, endedBefore(name)]),
  };
}
