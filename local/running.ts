import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Problem } from './problem.ts';

const project = join(import.meta.dirname, '..');

/** What outlives a run: the database, made-up secrets, logs, and where the running instance is found. */
export const stateDirectory = resolve(process.env['LOCAL_STATE_DIRECTORY'] || join(project, '.local'));

/** Shared by all, whatever their state directory: the same sources make the same assembly. */
export const assemblyCache = join(project, '.local', 'assemblies');

const running = z.object({ pid: z.int(), url: z.string(), controlUrl: z.string() });

/** Where a second terminal finds the instance that runs in the first. */
export type Running = z.infer<typeof running>;

const fileIn = (stateDirectory: string) => join(stateDirectory, 'running.json');

/** @returns undefined where none runs, or the one that did was killed and could not say so. */
export function findRunning(stateDirectory: string): Running | undefined {
  const file = fileIn(stateDirectory);
  if (!existsSync(file)) return undefined;
  const { success, data } = running.safeParse(parse(readFileSync(file, 'utf8')));
  return success && isAlive(data.pid) ? data : undefined;
}

/** @throws when another instance has the state directory: two would fight for one Postgres. */
export function assertNoneRuns(stateDirectory: string): void {
  const other = findRunning(stateDirectory);
  if (other !== undefined)
    throw new Problem(`Local mode already runs at ${other.url} (process ${other.pid}): stop that one first.`);
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
