import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from './user-error.ts';

const project = join(import.meta.dirname, '..');

/** What outlives a run: the database, made-up secrets, logs, and where the running instance is found. */
export const stateDirectory = resolve(
  process.env['LOCAL_STATE_DIRECTORY'] || join(project, '.local'),
);

/** Shared by all, whatever their state directory: the same sources make the same assembly. */
export const assemblyCache = join(project, '.local', 'assemblies');

const running = z.object({
  pid: z.int(),
  at: z.object({ url: z.string(), controlUrl: z.string() }).optional(),
});

/** Where a second terminal finds the instance that runs in the first; without `at` while that is still starting. */
export type Running = z.infer<typeof running>;

const fileIn = (stateDirectory: string) => join(stateDirectory, 'running.json');

// The slowest start synthesizes the app on a busy machine.
const START_MS = 120_000;

/** @returns undefined where none runs, or the one that did was killed and could not say so. */
export async function findRunning(stateDirectory: string): Promise<Running | undefined> {
  const file = fileIn(stateDirectory);
  if (!existsSync(file)) return undefined;
  const { success, data } = running.safeParse(parse(readFileSync(file, 'utf8')));
  // After a reboot, and in each new container, process ids come again: only an answer tells who it is.
  if (!success || data.pid === process.pid || !isAlive(data.pid)) return undefined;
  const runs =
    data.at === undefined
      ? Date.now() - statSync(file).mtimeMs < START_MS
      : await answers(data.at.controlUrl);
  return runs ? data : undefined;
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** @throws when another instance has the state directory: two would fight for one Postgres. */
export async function claim(stateDirectory: string): Promise<void> {
  const other = await findRunning(stateDirectory);
  if (other !== undefined) {
    const where = other.at === undefined ? 'is being started' : `already runs at ${other.at.url}`;
    throw new UserError(`Local mode ${where} (process ${other.pid}): stop that one first.`);
  }
  announce(stateDirectory, { pid: process.pid });
}

export function announce(stateDirectory: string, instance: Running): void {
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(fileIn(stateDirectory), `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
}

export function withdraw(stateDirectory: string): void {
  rmSync(fileIn(stateDirectory), { force: true });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export const NOT_RUNNING = 'Local mode is not running: run `npm start` in another terminal first.';
