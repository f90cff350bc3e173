import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../lambdas/platform/json.ts';
import type { EventBuses } from './aws/eventbridge/eventbridge.ts';
import type { DeployedFunctions } from './aws/lambda/deployed-functions.ts';
import type { LocalQueues } from './aws/sqs.ts';
import type { Reporter } from './reporter.ts';

/** Messages that no function has finished, by the queue or the bus that holds them. */
const unfinishedMessages = z.object({
  name: z.string(),
  waiting: z.number(),
  inFlight: z.number(),
});

const unfinishedWork = z.object({
  at: z.iso.datetime(),
  durable: z.boolean(),
  messages: z.array(unfinishedMessages),
  /** Functions that ran, or waited to run. */
  running: z.array(z.string()),
});

export type UnfinishedMessages = z.infer<typeof unfinishedMessages>;
type UnfinishedWork = z.infer<typeof unfinishedWork>;

export interface WorkSources {
  readonly queues: LocalQueues;
  readonly buses: EventBuses;
  readonly functions: DeployedFunctions;
}

export interface RecordingOptions {
  readonly stateDirectory: string;
  /** True if the queues of this run are durable. */
  readonly durable: boolean;
}

const INTERVAL_MS = 1_000;

const fileIn = (stateDirectory: string) => join(stateDirectory, 'unfinished-work.json');

export async function listUnfinishedMessages({
  queues,
  buses,
}: Pick<WorkSources, 'queues' | 'buses'>): Promise<readonly UnfinishedMessages[]> {
  const onBuses = { name: 'event bus', waiting: buses.pendingDeliveries(), inFlight: 0 };
  return [...(await queues.contents()), onBuses].filter(
    ({ waiting, inFlight }) => waiting + inFlight > 0,
  );
}

/**
 * Writes what is unfinished to a file each second, if it changed. The file remains if this process
 * is killed, so the next start reports what was lost.
 * @returns a function that ends the recording and removes the file.
 */
export function recordUnfinishedWork(
  sources: WorkSources,
  { stateDirectory, durable }: RecordingOptions,
): () => Promise<void> {
  const file = fileIn(stateDirectory);
  let written = '';
  let recording = Promise.resolve();
  const record = async () => {
    const messages = await listUnfinishedMessages(sources);
    const running = sources.functions.all.filter((one) => one.busy() > 0).map(({ name }) => name);
    const state = JSON.stringify({ messages, running });
    if (state === written) return;
    written = state;
    mkdirSync(stateDirectory, { recursive: true });
    const work: UnfinishedWork = {
      at: new Date().toISOString(),
      durable,
      messages: [...messages],
      running,
    };
    writeFileSync(`${file}.tmp`, `${JSON.stringify(work, null, 2)}\n`);
    renameSync(`${file}.tmp`, file);
  };
  const timer = setInterval(() => {
    recording = recording.then(record).catch(() => {});
  }, INTERVAL_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await recording;
    rmSync(file, { force: true });
  };
}

/** Reports what a killed run left unfinished, and what became of it. */
export function reportKilledRun(
  { stateDirectory, durable }: RecordingOptions,
  reporter: Reporter,
): void {
  const file = fileIn(stateDirectory);
  if (!existsSync(file)) return;
  const { data } = unfinishedWork.safeParse(parseJson(readFileSync(file, 'utf8')));
  rmSync(file, { force: true });
  if (data === undefined) return;
  for (const line of describeKilledRun(data, durable)) reporter.warn(line);
}

/** @param durableNow True if the queues of the run that starts are durable. */
export function describeKilledRun(
  { at, durable, messages, running }: UnfinishedWork,
  durableNow: boolean,
): readonly string[] {
  if (messages.length === 0 && running.length === 0) return [];
  const [consequence, advice] = consequenceOf(durable, durableNow);
  return [
    `The last run was killed at about ${at}. ${consequence}`,
    ...messages.map(describeMessages),
    ...(running.length === 0 ? [] : [`  interrupted functions: ${running.join(', ')}`]),
    ...(advice === undefined ? [] : [advice]),
  ];
}

function consequenceOf(
  durable: boolean,
  durableNow: boolean,
): readonly [consequence: string, advice?: string] {
  if (!durable)
    return [
      'Its queues were in memory, so these messages are lost:',
      'Send the events again. A start with --durable keeps messages across a kill.',
    ];
  return durableNow
    ? ['Its messages are stored and continue now:']
    : ['Its messages are stored:', 'Start with --durable to continue with them.'];
}

export const describeMessages = ({ name, waiting, inFlight }: UnfinishedMessages): string =>
  `  ${name}: ${waiting} waiting, ${inFlight} received but not finished`;
