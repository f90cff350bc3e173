import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** Pooler in a process of its own, in front of a Postgres server. */
export interface Pooler {
  /** URL of the database through the pooler. */
  readonly url: string;
  /** Ends the process at once, with all its connections. */
  kill(): Promise<void>;
  /** Starts the process after `kill`, at the same address. */
  restart(): Promise<void>;
  /** Stops the process with its connections open, or lets it go on. */
  freeze(frozen: boolean): void;
}

const SERVER_CONNECTIONS = 40;

export async function startPooler(databaseUrl: string): Promise<Pooler> {
  const { hostname: host, port } = new URL(databaseUrl);
  const launch = (ownPort: number) =>
    launchPooler({
      host,
      port: Number(port),
      serverConnections: SERVER_CONNECTIONS,
      ownPort,
    });
  let { child, port: ownPort } = await launch(0);
  const url = new URL(databaseUrl);
  url.port = String(ownPort);
  return {
    url: url.toString(),
    kill: () => kill(child),
    async restart() {
      ({ child, port: ownPort } = await launch(ownPort));
    },
    freeze: (frozen) => void child.kill(frozen ? 'SIGSTOP' : 'SIGCONT'),
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
}

async function launchPooler(settings: object): Promise<Launched> {
  const child = fork(join(import.meta.dirname, 'pooler-process.ts'), [JSON.stringify(settings)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A terminal sends Ctrl-C to every process of its group.
    detached: true,
  });
  const killChild = () => child.kill('SIGKILL');
  process.once('exit', killChild);
  child.once('exit', () => process.off('exit', killChild));
  return new Promise((resolve, reject) => {
    child.once('message', ({ port }: { port: number }) => resolve({ child, port }));
    child.once('exit', (code) => reject(new Error(`The pooler ended with code ${code}.`)));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
