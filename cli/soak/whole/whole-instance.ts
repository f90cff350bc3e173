import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { QueueContents } from '../../../local/aws/queue-contents.ts';
import type { KillableInstance } from '../world.ts';
import type { FromInstance, InstanceSettings } from './instance-messages.ts';

/** A whole local instance in a process of its own. */
export interface WholeInstance extends KillableInstance {
  /** @throws while the process is killed. */
  contents(): Promise<readonly QueueContents[]>;
}

const ENTRY_POINT = join(import.meta.dirname, 'instance-process.ts');

/** Covers the synthesis of the app on a busy machine. */
const START_MS = 240_000;

/** A start fails if Postgres or the pooler is killed at the same time. */
const ATTEMPTS = 5;

export async function startWholeInstance(settings: InstanceSettings): Promise<WholeInstance> {
  let running = await launch(settings);
  return {
    contents: () => running.contents(),
    kill: () => running.kill(),
    async restart() {
      for (let attempt = 1; ; attempt += 1)
        try {
          running = await launch(settings);
          return;
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
        }
    },
  };
}

async function launch(settings: InstanceSettings) {
  const child = fork(ENTRY_POINT, [JSON.stringify(settings)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A terminal sends Ctrl-C to every process of its group.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitUntilReady(child);
  const requests = new Map<number, (contents: readonly QueueContents[]) => void>();
  child.on('message', (message: FromInstance) => {
    if (message.kind !== 'contents') return;
    requests.get(message.id)?.(message.contents);
    requests.delete(message.id);
  });
  let id = 0;
  return {
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    contents(): Promise<readonly QueueContents[]> {
      id += 1;
      const answer = new Promise<readonly QueueContents[]>((resolve) => requests.set(id, resolve));
      const killed = ended.then(() => Promise.reject(new Error('The instance is killed.')));
      child.send({ id }, () => {});
      return Promise.race([answer, killed]);
    },
  };
}

function waitUntilReady(child: ChildProcess): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The instance did not start: ${reason}. ${errors}`));
    };
    const timer = setTimeout(() => fail(`no answer in ${START_MS / 1_000} s`), START_MS);
    // After the first message, the end of the process changes nothing here.
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? `code ${code}`}`));
    child.once('message', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
