import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import * as z from 'zod';
import { defineCommand, defineProgram } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { onInterrupt } from '../interrupt.ts';
import { wholeNumber } from '../whole-number.ts';
import { runOutage } from './outage-command.ts';
import { planSoak, type SoakPlan } from './plan.ts';
import { describeResult, isClean } from './print-result.ts';
import { checkWritable, toFigures, writeFigures } from './results-file.ts';
import { runSoak } from './run-soak.ts';
import { startWholeWorld } from './whole/whole-world.ts';
import { startWorld } from './world.ts';

const details = `Starts the system with its own Postgres, and sends signed events of Mux and Resend
with repeated and reordered deliveries. Meanwhile it kills and freezes functions, Postgres and the
pooler. Then it waits until all work is finished, and proves from the tables that no event was lost,
doubled or mailed twice. Exits with 1 if a count is not zero.

With --whole it kills the process with the whole system, queues and bus included, and starts it
again with the messages that it stored. The providers and Postgres are other processes.

With --outage it strikes nothing else, and measures how long it takes after Postgres is back until
the last event is applied. Exits with 1 if that misses the target.

Ctrl-C ends sending early; the proof then covers what was accepted. A second Ctrl-C stops at once.`;

const options = z.strictObject({
  events: wholeNumber('events', 1, 1_000_000).default(1_000).describe('Number of events'),
  seed: wholeNumber(undefined, 0, 2 ** 32 - 1)
    .optional()
    .describe('Repeats the plan of an earlier run (default: random)'),
  minutes: wholeNumber('minutes', 1, 1_440)
    .optional()
    .describe('Longest time of the run (default: 5, and 1 more for each 1,000 events)'),
  faults: wholeNumber('faults', 0, 100_000)
    .optional()
    .describe('Number of faults (default: the root of the number of events)'),
  whole: z
    .boolean()
    .default(false)
    .describe('Kills the whole system instead of single functions and services'),
  outage: z
    .string()
    .regex(/^\d{1,4}[sm]$/, 'expected seconds or minutes, for example 90s or 5m')
    .optional()
    .describe('Measures the recovery from an outage of Postgres of this length in real time'),
  outageKind: z
    .enum(['frozen', 'stopped'])
    .default('frozen')
    .describe('Without answers, or with refused connections'),
  rate: wholeNumber('deliveries', 1, 1_000)
    .default(20)
    .describe('Deliveries per second of the measured outage'),
  mailLimit: wholeNumber('requests', 1, 1_000)
    .default(1_000)
    .describe("Resend's requests per second in the measured outage"),
  logs: z.string().optional().describe('Keeps the logs of the functions in this directory'),
  results: z.string().optional().describe('Writes the figures to this file as JSON'),
});

type Options = z.output<typeof options>;

const soak = defineCommand({
  name: '',
  summary: 'Prove under faults that no event is lost, doubled or mailed twice',
  details,
  arguments: options,
  run: (values, terminal: Terminal) => run(values, terminal),
});

export const makeProgram = (name: string, version: string) =>
  defineProgram({
    name,
    version,
    summary: soak.summary,
    commands: [soak],
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });

/** Turns the visibility timeout of 3 min into 18 s. A batch in an outage takes up to 10 s. */
const TIME_SCALE = 0.1;

async function run(values: Options, terminal: Terminal): Promise<number> {
  const { out, now } = terminal;
  const progress = (text: string) => out(`${now().toISOString().slice(11, 19)} ${text}`);
  const stopping = new AbortController();
  onInterrupt(() => {
    progress('Sending ends; waiting until accepted work is finished. Ctrl-C again stops at once.');
    stopping.abort();
  });
  const { seed = randomInt(1_000_000), outage, results, logs } = values;
  if (results !== undefined) checkWritable(results);
  if (logs !== undefined) mkdirSync(logs, { recursive: true });
  const context = { seed, progress, signal: stopping.signal };
  try {
    if (outage === undefined) return await runFaults(values, terminal, context);
    const outageSeconds = Number.parseInt(outage, 10) * (outage.endsWith('m') ? 60 : 1);
    const kind = values.outageKind;
    return await runOutage({ ...values, ...context, out, now, kind, outageSeconds });
  } catch (error) {
    // Ctrl-C also ends the child processes of a start, which then fails.
    if (!stopping.signal.aborted) throw error;
    terminal.err(`Ended by Ctrl-C: ${(error as Error).message}`);
    return exitCodes.failed;
  }
}

interface RunContext {
  readonly seed: number;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

async function runFaults(
  { events, faults, minutes = 5 + Math.ceil(events / 1_000), whole, logs, results }: Options,
  { out, now }: Terminal,
  { seed, progress, signal }: RunContext,
): Promise<number> {
  const plan = planSoak({ events, seed, faults, scope: whole ? 'whole' : 'parts' });
  progress(
    `Seed ${seed}: ${events} events about ${plan.videos.length} videos, ` +
      `${plan.faults.length} faults, at most ${minutes} min.`,
  );
  const timeScale = TIME_SCALE;
  const world = whole
    ? await startWholeWorld({ timeScale })
    : await startWorld({ timeScale, schedulesEnabled: false, logDirectory: logs });
  try {
    const deadline = now().getTime() + minutes * 60_000;
    const result = await runSoak(world, { plan, timeScale, deadline, signal, progress });
    for (const line of describeResult(result)) out(line);
    if (results !== undefined) writeFigures(results, toFigures(plan, result, now()));
    if (isClean(result)) return exitCodes.done;
    out(`Repeat this run: npm run soak -- ${repetition(plan, faults)}${whole ? ' --whole' : ''}`);
    return exitCodes.failed;
  } finally {
    await world.stop();
  }
}

const repetition = ({ seed, events }: SoakPlan, faults: number | undefined): string =>
  `--events ${events} --seed ${seed}${faults === undefined ? '' : ` --faults ${faults}`}`;
