import { Session } from 'node:inspector/promises';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { type LoadSettings, makeBatches } from '../../processor/load.ts';
import { makeOurs } from '../../processor/ours.ts';
import { type Places, sharesOf } from '../shares.ts';

export interface ProfileTask {
  readonly url: string;
  readonly load: LoadSettings;
}

export interface Profiled {
  readonly microsPerEvent: Readonly<Record<string, number>>;
  readonly cpuMicrosPerEvent: number;
  readonly events: number;
}

const SAMPLE_MICROS = 200;

const places: Places = [
  ['waiting for Postgres, and for a core', /^\(idle\)/],
  ['collecting garbage', /^\(garbage collector\)/],
  ['signing playback URLs', /playback-url|node:internal\/crypto\/sig|^sign/i],
  ['audit lines and metrics', /batch-report|observability|logged-payload|redaction/],
  ['keys of Powertools', /powertools|crypto\/hash/],
  ['reading the events', /read-batch|providers\/mux\/events|zod/],
  ['sending and receiving', /node_modules\/(pg|pg-protocol|pg-pool)\/|node:net|stream|^write/],
  ['writing statements', /lambdas\/store\//],
  ['deciding', /lambdas\/providers\//],
];

/** A process of its own: what it logs goes nowhere, and nothing else is in its profile. */
process.once('message', async ({ url, load }: ProfileTask) => {
  const pool = openDatabase({
    url,
    connections: 1,
    applicationName: 'bench-profile',
    prepares: true,
  });
  const run = makeOurs(pool);
  const batches = [...makeBatches(load)];
  const warmUp = Math.floor(batches.length / 3);
  for (const batch of batches.slice(0, warmUp)) await run(batch);
  process.send?.('warm');
  await new Promise((resolve) => process.once('message', resolve));

  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROS });
  await session.post('Profiler.start');
  const cpuBefore = process.cpuUsage();
  for (const batch of batches.slice(warmUp)) await run(batch);
  const { user, system } = process.cpuUsage(cpuBefore);
  const { profile } = await session.post('Profiler.stop');
  await pool.end();

  const events = (batches.length - warmUp) * load.batchSize;
  const shares = [...sharesOf(profile, places)].map(([name, micros]) => [name, micros / events]);
  const profiled: Profiled = {
    microsPerEvent: Object.fromEntries(shares),
    cpuMicrosPerEvent: (user + system) / events,
    events,
  };
  process.send?.(profiled);
  process.disconnect();
});
