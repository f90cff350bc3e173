import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface SystemAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Creates the files of a database with initdb, unless they exist.
 * Waits without blocking this process, so that it receives a Ctrl-C before initdb has failed.
 */
export async function initialise(
  binaries: string,
  data: string,
  account: SystemAccount | undefined,
): Promise<void> {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const options = [
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  const initdb = spawn(join(binaries, 'initdb'), ['-D', data, ...options], {
    ...account,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors = collectErrors(initdb);
  const status = await new Promise((resolve, reject) => {
    initdb.once('error', reject).once('close', resolve);
  });
  if (status !== 0) throw new Error(`initdb failed in ${data}: ${errors()}`);
}

/** Returns the end of what a process writes as errors. */
export function collectErrors(server: ChildProcess): () => string {
  let text = '';
  server.stderr?.on('data', (chunk) => {
    text = `${text}${chunk}`.slice(-4_000);
  });
  return () => text;
}
