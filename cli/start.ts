import { join } from 'node:path';
import { styleText } from 'node:util';
import type { QueueContents } from '../local/aws/sqs.ts';
import { consolePath } from '../local/console/console-page.ts';
import { startControl } from '../local/control-server.ts';
import { makeReporter, type Reporter } from '../local/reporter.ts';
import {
  announce,
  assemblyCache,
  claim,
  stateDirectory,
  withdraw,
} from '../local/running-instance.ts';
import { type LocalInstance, startLocal } from '../local/start.ts';
import { type Interruption, onSignals } from './interrupt.ts';
import { readArguments, runCommand, wholeNumber } from './run-command.ts';

const HELP = `npm start [-- --port <n>] [-- --verbose]

Runs the stack on this machine, on 127.0.0.1 only, until Ctrl-C.

  --port <n>   of the HTTP API; 0 takes a free one (3000)
  --verbose    every line that a function logs, as it is
  --help       this text

  DATABASE_URL            a Postgres of yours in place of the one that the project brings
  RESEND_API_KEY          sends the mails for real
  MUX_WEBHOOK_SECRET, RESEND_WEBHOOK_SECRET     the signing secrets of real webhooks
  MUX_SIGNING_KEY_ID, MUX_SIGNING_KEY_PRIVATE   sign playback URLs that play
  LOCAL_STATE_DIRECTORY   in place of .local/

State is kept in .local/: the database, made-up secrets, logs. Delete it to begin anew.`;

async function main(): Promise<number> {
  const { values } = readArguments({
    port: { type: 'string', default: '3000' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const port = wholeNumber('port', values.port, 0, 65_535);
  await claim(stateDirectory);
  const reporter = makeReporter({
    logDirectory: join(stateDirectory, 'logs'),
    verbose: values.verbose,
  });
  const stopping = onSignals(() => reporter.say('\nStopping; press Ctrl-C again to end at once.'));
  try {
    return await runUntil(stopping, port, reporter);
  } finally {
    withdraw(stateDirectory);
    reporter.close();
  }
}

async function runUntil(stopping: Interruption, port: number, reporter: Reporter) {
  const startedAt = performance.now();
  let local: LocalInstance;
  try {
    local = await startLocal(options(port, reporter));
  } catch (error) {
    // Ctrl-C ends the processes that a start has started, too.
    if (stopping.begun()) return 0;
    throw error;
  }
  const control = await startControl(local);
  announce(stateDirectory, { pid: process.pid, at: { url: local.url, controlUrl: control.url } });
  if (!stopping.begun()) describe(local, reporter, (performance.now() - startedAt) / 1000);

  await stopping;
  await control.stop();
  describeLeftovers(await local.stop(), reporter);
  return 0;
}

function options(port: number, reporter: Reporter) {
  const url = process.env['DATABASE_URL'];
  const database = url
    ? { url }
    : { dataDirectory: join(stateDirectory, 'postgres'), durable: true, outlivesInterrupt: true };
  return {
    port,
    stateDirectory,
    assemblies: assemblyCache,
    database,
    environment: process.env,
    reporter,
  };
}

function describe(local: LocalInstance, { say }: Reporter, seconds: number): void {
  const heading = (text: string) => say(`\n${styleText('bold', text)}`);
  say(styleText('green', `Ready after ${seconds.toFixed(1)} s.`));
  say(`Console ${local.url}${consolePath}`);
  heading('Routes');
  for (const { method, path } of local.routes) say(`  ${method} ${local.url}${path}`);
  heading('Schedules');
  for (const { name, expression, timezone, next } of local.scheduler.upcoming())
    say(`  ${name}  ${expression} ${timezone}, next at ${next?.toLocaleTimeString() ?? 'never'}`);
  heading('Mail');
  say(
    local.usesRealResend
      ? '  goes to Resend (RESEND_API_KEY is set)'
      : '  stays here: a sandbox in the place of Resend takes it',
  );
  heading('Next, in a second terminal');
  say('  npm run send -- mux video.asset.ready      posts a signed event and shows what it caused');
  say('  npm run send -- resend email.bounced       a mail of the portal bounces');
  say('  npm run send -- --help                     what else there is');
  say('\nCtrl-C stops.\n');
}

function describeLeftovers(left: readonly QueueContents[], { say }: Reporter): void {
  if (left.length === 0) say('Stopped; all queues are empty.');
  else say('Stopped. Queues live in memory, so these messages are gone:');
  for (const { name, waiting, inFlight } of left)
    say(`  ${name}: ${waiting} waiting, ${inFlight} received but not finished`);
}

await runCommand(main);
