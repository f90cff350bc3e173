import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../lambdas/platform/json.ts';
import { UserError } from './user-error.ts';

const project = join(import.meta.dirname, '..');

/**
 * Directory for data that outlives a run: the database, generated secrets, logs, and the address of
 * the running instance.
 */
export const stateDirectory = resolve(
  process.env['LOCAL_STATE_DIRECTORY'] || join(project, '.local'),
);

/** Shared by all instances: the same sources give the same assembly. */
export const assemblyCache = join(project, '.local', 'assemblies');

const runningInstance = z.object({
  pid: z.int(),
  at: z.object({ url: z.string(), controlUrl: z.string() }).optional(),
});

/** Address of the running instance for commands in other terminals; no `at` during the start. */
export type RunningInstance = z.infer<typeof runningInstance>;

const fileIn = (stateDirectory: string) => join(stateDirectory, 'running.json');

/** Longest start: it synthesizes the app on a busy machine. */
const START_MS = 120_000;

/** @returns undefined if no instance runs, even if a killed instance has left its file. */
export async function findRunning(stateDirectory: string): Promise<RunningInstance | undefined> {
  const file = fileIn(stateDirectory);
  if (!exists(file)) return undefined;
  const { success, data } = runningInstance.safeParse(parseJson(readFileSync(file, 'utf8')));
  // Process ids repeat after a reboot and in new containers, so only a response is a proof.
  if (!success || data.pid === process.pid || !isAlive(data.pid)) return undefined;
  const isRunning =
    data.at === undefined
      ? Date.now() - statSync(file).mtimeMs < START_MS
      : await responds(data.at.controlUrl);
  return isRunning ? data : undefined;
}

/** Other than `existsSync`, throws if the directory may not be read. */
function exists(file: string): boolean {
  try {
    statSync(file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

const responds = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** @throws if another instance uses the directory: two instances cannot share one Postgres. */
export async function claimStateDirectory(stateDirectory: string): Promise<void> {
  const other = await findRunning(stateDirectory);
  if (other !== undefined) {
    const state = other.at === undefined ? 'is starting' : `already runs at ${other.at.url}`;
    throw new UserError(`Local mode ${state} (process ${other.pid}). Stop that process first.`);
  }
  publishInstance(stateDirectory, { pid: process.pid });
}

export function publishInstance(stateDirectory: string, instance: RunningInstance): void {
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(fileIn(stateDirectory), `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
}

export function removeInstance(stateDirectory: string): void {
  rmSync(fileIn(stateDirectory), { force: true });
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
