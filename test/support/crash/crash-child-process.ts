import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  readonly process: ChildProcess;
  /** Settles when the child has said so (`@…` on a line of its own), with what it said after the word. */
  said(word: string): Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** A process of its own, that can be killed without harm to the tests; it never outlives them. */
export function startChild(file: string, order: object): Child {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const abandon = () => child.kill('SIGKILL');
  process.once('exit', abandon);
  const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', abandon);
      resolve({ code, signal });
    });
  });
  const words = new Map<string, PromiseWithResolvers<string>>();
  const word = (name: string) => {
    const known = words.get(name) ?? Promise.withResolvers<string>();
    words.set(name, known);
    return known;
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, name, rest] = /^@(\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) word(name).resolve(rest ?? '');
  });
  const neverSaid = async (name: string): Promise<string> => {
    const { code, signal } = await ended;
    throw new Error(`The child ended (${code ?? signal}) without having said ${name}.`);
  };
  return {
    process: child,
    ended,
    said: (name) => Promise.race([word(name).promise, neverSaid(name)]),
  };
}
