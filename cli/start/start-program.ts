import { join } from 'node:path';
import * as z from 'zod';
import { startControlServer } from '../../local/control-server.ts';
import type { InspectOptions, LocalInstance, LocalOptions } from '../../local/local-instance.ts';
import type { DatabaseChoice } from '../../local/postgres/portal-database.ts';
import { makeReporter, type Reporter } from '../../local/reporter.ts';
import {
  assemblyCache,
  claimStateDirectory,
  publishInstance,
  removeInstance,
  stateDirectory,
} from '../../local/running-instance.ts';
import type { FaultPlan } from '../../local/sandbox/faults/faults.ts';
import { parseFaultPlan } from '../../local/sandbox/faults/parse-fault-plan.ts';
import { startLocal } from '../../local/start.ts';
import { describeMessages, type UnfinishedMessages } from '../../local/unfinished-work.ts';
import { UserError } from '../../local/user-error.ts';
import { defineCommand, defineProgram } from '../command-line/command.ts';
import { BadInputError } from '../command-line/errors.ts';
import { didYouMean } from '../command-line/suggest.ts';
import { type Interruption, onInterrupt } from '../interrupt.ts';
import { wholeNumber } from '../whole-number.ts';
import { checkEnvironment, environmentHelp } from './environment.ts';
import { printOverview } from './print-overview.ts';

// https://resend.com/docs/api-reference/rate-limit
const RESEND_REQUESTS_PER_SECOND = 5;

/** A debugger attaches here; .vscode/launch.json names the same port. */
const INSPECT_PORT = 9_229;

/** Not 5432, where a Postgres of the machine listens. */
const POSTGRES_PORT = 54_330;

const start = defineCommand({
  name: '',
  summary: 'Run the system on this machine, on 127.0.0.1 only, until Ctrl-C',
  details: environmentHelp,
  arguments: z.strictObject({
    port: wholeNumber(undefined, 0, 65_535)
      .default(3_000)
      .describe('Port of the HTTP API; 0 selects a free port'),
    verbose: z
      .boolean()
      .default(false)
      .describe('Print every log line of every function unchanged'),
    durable: z
      .boolean()
      .default(false)
      .describe('Keep the messages of queues and buses when the instance stops or is killed'),
    faults: z
      .string()
      .optional()
      .describe('Faults of the sandboxes in percent, e.g. drop=20,reorder=5,errors=10,seed=7'),
    watch: z
      .boolean()
      .default(true)
      .describe('Keep the code of the start; otherwise edits are applied as they are saved'),
    inspect: z
      .string()
      .min(1)
      .optional()
      .describe('Run this function without a timeout and with a debugger, e.g. MuxProcessor'),
    postgresPort: wholeNumber(undefined, 0, 65_535)
      .default(POSTGRES_PORT)
      .describe('Port of the included Postgres; 0 selects a free port'),
    relayPort: wholeNumber(undefined, 1, 65_535)
      .optional()
      .describe('Port that serves the webhooks only, for a tunnel from the real providers'),
  }),
  async run({ verbose, faults, ...options }) {
    if (options.port !== 0 && options.port === options.relayPort)
      throw new BadInputError(
        `--relay-port '${options.port}' is invalid: expected another port than that of --port.`,
      );
    checkEnvironment(process.env);
    const plan = faults === undefined ? undefined : readFaults(faults);
    await claimStateDirectory(stateDirectory);
    const reporter = makeReporter({ logDirectory: join(stateDirectory, 'logs'), verbose });
    const interruption = onInterrupt(() =>
      reporter.print('\nStopping. Press Ctrl-C again to stop at once.'),
    );
    try {
      return await runUntilInterrupted(interruption, { ...options, plan }, reporter);
    } finally {
      removeInstance(stateDirectory);
      reporter.close();
    }
  },
});

function readFaults(text: string): FaultPlan {
  try {
    return parseFaultPlan(text);
  } catch (error) {
    throw error instanceof UserError ? new BadInputError(error.message) : error;
  }
}

export const makeProgram = (name: string, version: string) =>
  defineProgram({
    name,
    version,
    summary: start.summary,
    commands: [start],
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });

interface StartOptions {
  readonly port: number;
  readonly durable: boolean;
  /** Faults of both sandboxes. */
  readonly plan: FaultPlan | undefined;
  readonly watch: boolean;
  /** Name of the function that a debugger attaches to. */
  readonly inspect?: string | undefined;
  readonly postgresPort: number;
  /** Port for a tunnel. */
  readonly relayPort?: number | undefined;
}

async function runUntilInterrupted(
  interruption: Interruption,
  options: StartOptions,
  reporter: Reporter,
): Promise<number> {
  const startedAt = performance.now();
  reporter.print('Starting; the first start takes 15 to 25 s …');
  let local: LocalInstance;
  try {
    local = await startLocal(localOptions(options, reporter));
  } catch (error) {
    // Ctrl-C also ends the child processes of a start, which then fails.
    if (interruption.started()) return 0;
    throw error;
  }
  local.resend.setRateLimit(RESEND_REQUESTS_PER_SECOND);
  for (const { faults } of [local.mux, local.resend]) faults.plan(options.plan ?? {});
  const control = await startControlServer(local);
  publishInstance(stateDirectory, {
    pid: process.pid,
    at: { url: local.url, controlUrl: control.url },
  });
  if (!interruption.started()) {
    const seconds = (performance.now() - startedAt) / 1000;
    printOverview(local, reporter, { ...options, seconds, inspectPort: INSPECT_PORT });
  }
  await interruption;
  await control.stop();
  printRemaining(await local.stop(), options, reporter);
  return 0;
}

function localOptions(options: StartOptions, reporter: Reporter): LocalOptions {
  const { port, durable, watch, inspect, relayPort } = options;
  return {
    port,
    watch,
    ...(inspect === undefined ? {} : { inspect: inspectOptions(inspect) }),
    ...(relayPort === undefined ? {} : { relayPort }),
    stateDirectory,
    assemblies: assemblyCache,
    database: databaseOf(options),
    environment: process.env,
    durableQueues: durable,
    reporter,
  };
}

function databaseOf({ postgresPort }: StartOptions): DatabaseChoice {
  const url = process.env['DATABASE_URL'];
  if (url) return { url };
  return {
    dataDirectory: join(stateDirectory, 'postgres'),
    durable: true,
    survivesInterrupt: true,
    ...(postgresPort === 0 ? {} : { port: postgresPort }),
  };
}

const inspectOptions = (name: string): InspectOptions => ({
  port: INSPECT_PORT,
  select(names) {
    const found = names.find((one) => one.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
    throw new UserError(
      `--inspect: there is no function '${name}'.${didYouMean(name, names)} ` +
        `Functions: ${names.toSorted().join(', ')}.`,
    );
  },
});

function printRemaining(
  messages: readonly UnfinishedMessages[],
  { durable }: StartOptions,
  { print }: Reporter,
): void {
  if (messages.length === 0) {
    print('Stopped; all queues are empty.');
    return;
  }
  print(
    durable
      ? 'Stopped. These messages are stored; the next start with --durable continues with them:'
      : 'Stopped. Queues are in memory, so these messages are lost:',
  );
  for (const message of messages) print(describeMessages(message));
}
