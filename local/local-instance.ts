import type pg from 'pg';
import type { EventBuses } from './aws/eventbridge/eventbridge.ts';
import type { Scheduler } from './aws/eventbridge/scheduler.ts';
import type { Route } from './aws/http-api.ts';
import type { DeployedFunctions } from './aws/lambda/deployed-functions.ts';
import type { Isolation } from './aws/lambda/function-runtime.ts';
import type { LocalS3 } from './aws/s3.ts';
import type { LocalSecrets } from './aws/secret-store.ts';
import type { Topics } from './aws/sns.ts';
import type { LocalQueues } from './aws/sqs.ts';
import type { Inspect } from './postgres/inspect-event.ts';
import type { DatabaseChoice, PortalDatabase } from './postgres/portal-database.ts';
import type { Reporter } from './reporter.ts';
import type { Sandboxes } from './sandbox/sandboxes.ts';
import type { UnfinishedMessages } from './unfinished-work.ts';

export interface LocalOptions {
  /** Port of the HTTP API; 0 selects a free port. Every other server uses a free port. */
  readonly port: number;
  /** Directory for data that outlives a run: generated secrets and logs. */
  readonly stateDirectory: string;
  /** Cache of assemblies by the hash of their sources; parallel instances may share a cache. */
  readonly assemblies: string;
  readonly database: DatabaseChoice;
  /** Environment variables that may hold real keys of the providers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  /** Multiplies visibility timeouts, delays and Lambda's retry intervals. */
  readonly timeScale?: number;
  /** Keeps messages of queues and buses in the state directory, across a kill of this process. */
  readonly durableQueues?: boolean;
  /** If false, only `scheduler.runNow` runs a schedule. */
  readonly schedulesEnabled?: boolean;
  /** @default 'thread' */
  readonly isolation?: Isolation;
  /** If true, edits of the sources are applied to the running instance. @default false */
  readonly watch?: boolean;
  readonly inspect?: InspectOptions;
  /** Port of 127.0.0.1 that serves the webhooks only, for a tunnel. @default none */
  readonly relayPort?: number;
  /** URL of a sandbox of Resend outside this process, which outlives a kill of the instance. */
  readonly resendUrl?: string;
  /** If false, the sandbox of Resend sends no events about mails. @default true */
  readonly sendsMailEvents?: boolean;
}

/** A function that runs in a process of its own, without a timeout, for a debugger. */
export interface InspectOptions {
  /** Port of 127.0.0.1 on which the debugger attaches. */
  readonly port: number;
  /** Selects the function by its name. @throws if none of the names is meant. */
  readonly select: (names: readonly string[]) => string;
}

export interface LocalInstance extends Omit<Sandboxes, 'urls' | 'age' | 'stop'> {
  readonly url: string;
  /** URL for a tunnel; undefined if the options have no port for it. */
  readonly relayUrl: string | undefined;
  readonly routes: readonly Route[];
  /** Outputs of the stacks for people, such as the URL to enter at a provider. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly pool: pg.Pool;
  readonly database: PortalDatabase;
  readonly queues: LocalQueues;
  readonly functions: DeployedFunctions;
  readonly buses: EventBuses;
  readonly topics: Topics;
  readonly secrets: LocalSecrets;
  readonly s3: LocalS3;
  readonly scheduler: Scheduler;
  /** Moves every stored time into the past, for tests of long periods. */
  age(milliseconds: number): void;
  readonly inspect: Inspect;
  /** Waits for running work. @returns the messages that are unfinished; lost unless durable. */
  stop(): Promise<readonly UnfinishedMessages[]>;
}
