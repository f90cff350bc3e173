import { join } from 'node:path';
import { styleText } from 'node:util';
import * as z from 'zod';
import { consolePath } from '../../console/console-api.ts';
import { operationsPath } from '../../lambdas/catalog/operator-commands.ts';
import { startControlServer } from '../../local/control-server.ts';
import type { LocalInstance, LocalOptions } from '../../local/local-instance.ts';
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
import { defineCommand, defineProgram } from '../command-line/command.ts';
import { type Interruption, onInterrupt } from '../interrupt.ts';
import { formatLocalTime } from '../output/local-time.ts';
import { wholeNumber } from '../whole-number.ts';

// https://resend.com/docs/api-reference/rate-limit
const RESEND_REQUESTS_PER_SECOND = 5;

const environmentHelp = `Environment variables:
  DATABASE_URL            use this Postgres database instead of the included server
  RESEND_API_KEY          send mails through Resend
  MUX_WEBHOOK_SECRET, RESEND_WEBHOOK_SECRET     signing secrets of real webhooks
  MUX_SIGNING_KEY_ID, MUX_SIGNING_KEY_PRIVATE   key for playback URLs of real videos
  LOCAL_STATE_DIRECTORY   directory for data (default: .local/)

The data directory holds the database, generated secrets and logs. Delete it to reset all data.`;

const start = defineCommand({
  name: '',
  summary: 'Run the system on this machine, on 127.0.0.1 only, until Ctrl-C',
  details: environmentHelp,
  arguments: z.strictObject({
    port: wholeNumber('port', 0, 65_535)
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
  }),
  async run({ port, verbose, durable, faults }) {
    const plan = faults === undefined ? undefined : parseFaultPlan(faults);
    await claimStateDirectory(stateDirectory);
    const reporter = makeReporter({ logDirectory: join(stateDirectory, 'logs'), verbose });
    const interruption = onInterrupt(() =>
      reporter.print('\nStopping. Press Ctrl-C again to stop at once.'),
    );
    try {
      return await runUntilInterrupted(interruption, { port, durable, plan }, reporter);
    } finally {
      removeInstance(stateDirectory);
      reporter.close();
    }
  },
});

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
}

async function runUntilInterrupted(
  interruption: Interruption,
  options: StartOptions,
  reporter: Reporter,
): Promise<number> {
  const startedAt = performance.now();
  reporter.print('Starting; the first start takes 10 to 20 s …');
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
  if (!interruption.started())
    printOverview(local, reporter, (performance.now() - startedAt) / 1000);
  await interruption;
  await control.stop();
  printRemaining(await local.stop(), options, reporter);
  return 0;
}

function localOptions({ port, durable }: StartOptions, reporter: Reporter): LocalOptions {
  const url = process.env['DATABASE_URL'];
  const database = url
    ? { url }
    : { dataDirectory: join(stateDirectory, 'postgres'), durable: true, survivesInterrupt: true };
  return {
    port,
    stateDirectory,
    assemblies: assemblyCache,
    database,
    environment: process.env,
    durableQueues: durable,
    reporter,
  };
}

function printOverview(local: LocalInstance, { print }: Reporter, seconds: number): void {
  const heading = (text: string) => print(`\n${styleText('bold', text)}`);
  print(styleText('green', `Ready after ${seconds.toFixed(1)} s.`));
  print(`Console: ${local.url}${consolePath}`);
  heading('Routes');
  const [operations, others] = partition(local.routes, ({ path }) =>
    path.startsWith(`${operationsPath}/`),
  );
  for (const { method, path } of others) print(`  ${method} ${local.url}${path}`);
  print(`  POST ${local.url}${operationsPath}/…   ${operations.length} commands of npm run ops`);
  heading('Schedules');
  for (const { name, expression, timezone, next } of local.scheduler.upcoming())
    print(`  ${name}  ${expression} ${timezone}, next: ${next ? formatLocalTime(next) : 'never'}`);
  heading('Mail');
  print(
    local.usesRealResend
      ? '  is sent through Resend (RESEND_API_KEY is set)'
      : '  is not sent; a sandbox of Resend receives it',
  );
  heading('Next steps, in a second terminal');
  print('  npm run send -- mux video.asset.ready      post a signed event and print its effects');
  print('  npm run send -- resend email.bounced       report that a mail bounced');
  print('  npm run send -- --help                     list all events and options');
  print('  npm run ops -- events tail                 print events as they arrive');
  print('\nPress Ctrl-C to stop.\n');
}

const partition = <Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];

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
