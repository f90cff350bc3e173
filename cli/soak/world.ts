import { join } from 'node:path';
import type pg from 'pg';
import type { BusEvent } from '../../local/aws/eventbridge/bus-event.ts';
import type { Isolation } from '../../local/aws/lambda/function-runtime.ts';
import type { LocalQueues } from '../../local/aws/sqs.ts';
import type { LocalInstance } from '../../local/local-instance.ts';
import { type Pooler, startPooler } from '../../local/postgres/pooler.ts';
import { openPortalDatabase } from '../../local/postgres/portal-database.ts';
import type { PostgresServer } from '../../local/postgres/postgres.ts';
import { makeReporter } from '../../local/reporter.ts';
import { assemblyCache } from '../../local/running-instance.ts';
import type { ResendSandbox } from '../../local/sandbox/resend.ts';
import { startLocal } from '../../local/start.ts';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';

/** The parts of a local instance that a soak uses. */
export interface SoakSystem {
  readonly mux: Pick<LocalInstance['mux'], 'deliver'>;
  readonly resend: Pick<ResendSandbox, 'deliver' | 'mails' | 'setCondition' | 'setRateLimit'>;
  readonly queues: Pick<LocalQueues, 'contents' | 'setDown'>;
  readonly functions: Pick<LocalInstance['functions'], 'all'>;
  readonly buses: Pick<LocalInstance['buses'], 'setDown'>;
  readonly scheduler: Pick<LocalInstance['scheduler'], 'runNow'>;
}

/** A process with a whole local instance. */
export interface KillableInstance {
  /** Ends the process at once, with all its functions and services. */
  kill(): Promise<void>;
  /** Starts it after `kill`, at the same address and with the same stored messages. */
  restart(): Promise<void>;
}

/** A local instance whose parts a soak can kill and freeze. */
export interface SoakWorld {
  readonly local: SoakSystem;
  /** Undefined if the instance runs in the process of the soak. */
  readonly instance?: KillableInstance;
  /** Events that the bus received; undefined if the bus does not outlive a kill. */
  readonly busEvents?: () => readonly BusEvent[];
  readonly postgres: PostgresServer;
  readonly pooler: Pooler;
  /** Runs a statement of the soak itself, which bypasses the pooler. */
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly timeScale: number;
  /** Directory for the logs of functions; by default they are removed after the run. */
  readonly logDirectory?: string | undefined;
  /** Runs the schedules in real time. Without them, the soak runs the jobs itself. */
  readonly schedulesEnabled: boolean;
  /** @default 'process' */
  readonly isolation?: Isolation;
}

/** Starts Postgres, a pooler in front of it, and the system with each function as a process. */
export async function startWorld(options: WorldOptions): Promise<SoakWorld> {
  const { timeScale, schedulesEnabled, logDirectory, isolation = 'process' } = options;
  const directory = makeTemporaryDirectory('soak');
  const database = await openPortalDatabase({
    dataDirectory: join(directory.path, 'postgres'),
    // A commit that was answered must survive SIGKILL.
    durable: true,
    survivesInterrupt: true,
  });
  const postgres = database.server as PostgresServer;
  const pooler = await startPooler(database.url);
  const local = await startLocal({
    port: 0,
    stateDirectory: directory.path,
    assemblies: assemblyCache,
    database: { url: pooler.url, directUrl: database.url },
    environment: {},
    reporter: makeReporter({
      logDirectory: logDirectory ?? join(directory.path, 'logs'),
      quiet: true,
    }),
    timeScale,
    schedulesEnabled,
    isolation,
    sendsMailEvents: false,
  });
  return {
    local,
    busEvents: local.buses.events,
    postgres,
    pooler,
    query: makeQuery(database.pool),
    async stop() {
      await local.stop();
      await pooler.kill();
      await database.stop();
      directory.remove();
    },
  };
}

/** Limits each statement, because Postgres may be frozen. */
const QUERY_MS = 60_000;

export function makeQuery(pool: pg.Pool): SoakWorld['query'] {
  pool.on('connect', (client) => client.on('error', () => {}));
  return async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) => {
    const query = { text, values: [...values], query_timeout: QUERY_MS };
    const { rows } = await pool.query<Row>(query as pg.QueryConfig);
    return rows;
  };
}
