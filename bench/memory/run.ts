import { spawn } from 'node:child_process';
import { ask } from '../child.ts';
import { type BenchDatabase, clearTables } from '../database.ts';
import { insertFilms, type LoadSettings, makeBatches } from '../processor/load.ts';
import type { Handled, Held } from './function.ts';

export interface RunSettings {
  readonly database: BenchDatabase;
  /** Runs the bundle, whose batches it is sent. */
  readonly program: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the function. */
  readonly memoryMb: number;
  readonly load: LoadSettings;
}

export interface Watched {
  /** After each batch, in MB. */
  readonly rss: readonly number[];
  /** In the end. */
  readonly held: Held;
}

/** One fresh process, batch after batch. @throws unless each event was applied once. */
export async function runEvents({
  database,
  program,
  file,
  environment,
  memoryMb,
  load,
}: RunSettings): Promise<Watched> {
  await clearTables(database.pool);
  await insertFilms(database.pool, load);
  const child = spawn(process.execPath, [...heapLimits(memoryMb), program, file], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const eventIds = new Set<string | undefined>();
  const rss: number[] = [];
  let held: Held;
  try {
    // Made here and sent as JSON, as Lambda's runtime gets them: the process has no other memory than a function has.
    for (const Records of makeBatches(load)) {
      for (const { messageAttributes } of Records)
        eventIds.add(messageAttributes['eventId']?.stringValue);
      // Naive sends the second of two copies in one batch back to the queue; here it need not come again.
      rss.push((await ask<Handled>(child, { Records })).rssMb);
    }
    held = await ask<Held>(child, 'look');
  } finally {
    child.kill();
  }
  const { rows } = await database.pool.query<{ events: number; effects: number }>(COUNT);
  const { events, effects } = rows[0] ?? {};
  if (events !== eventIds.size || effects !== eventIds.size)
    throw new Error(
      `Of ${eventIds.size} events, ${events} are processed, with ${effects} effects.`,
    );
  return { rss, held };
}

/** Of a Lambda, as the copies of its runtime's start script have them that are public; Node's own are for a whole server. */
const heapLimits = (memoryMb: number) => [
  '--expose-gc',
  `--max-semi-space-size=${Math.floor(memoryMb / 20)}`,
  `--max-old-space-size=${Math.ceil((memoryMb * 9) / 10)}`,
];

const COUNT = `
  select (select count(*)::int from portal.webhook_events where status = 'processed') as events,
         (select count(*)::int from portal.asset_events) as effects`;
