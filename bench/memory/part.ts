import { makeTemporaryDirectory } from '../../local/temporary.ts';
import { StandIn } from '../aws/stand-in.ts';
import { type Bundle, type DeployedBundle, likeMost, likeOurs, makeBundle, openDeployed } from '../bundles.ts';
import { type BenchDatabase, openBenchDatabase } from '../database.ts';
import type { LoadSettings } from '../processor/load.ts';
import { playbackKey } from '../processor/ours.ts';
import type { BenchSettings, Measured, Part } from '../report.ts';
import { Samples } from '../samples.ts';
import { runEvents } from './run.ts';

const BATCH = 100;

/** In events: until a process has seen all that it will see, and from there on. Naive is slow, and only has to settle. */
const usual = { settling: 5_000, watched: 100_000 };
const quickly = { settling: 1_000, watched: 4_000 };

interface Bench {
  readonly settings: BenchSettings;
  readonly samples: Samples;
  readonly run: (bundle: Bundle, seed: string, events: number) => Promise<readonly number[]>;
  readonly ours: DeployedBundle;
  readonly naive: Bundle;
}

export const memory: Part = {
  name: 'memory',
  title: 'Memory: the processor at batches of 100, over 100,000 events',
  async run(settings) {
    const directory = makeTemporaryDirectory('memory');
    const database = await openBenchDatabase();
    let standIn: StandIn | undefined;
    try {
      settings.progress('bundling');
      const ours = (await openDeployed())('providers/mux/process.handler.ts');
      const naive = await makeBundle('bench/memory/naive.ts', directory.path, 'naive', likeMost);
      const program = await makeBundle('bench/memory/function.ts', directory.path, 'function', likeOurs);
      const environment = { DATABASE_URL: database.url, EVENT_BUS_NAME: 'bench' };
      standIn = await StandIn.open(secretsOf(ours, database));
      const surroundings = { database, program: program.file, environment: { ...standIn.environment, ...environment } };
      const run: Bench['run'] = ({ file, environment }, seed, events) =>
        runEvents({
          ...{ ...surroundings, file, memoryMb: ours.memoryMb, load: loadOf(seed, events) },
          environment: { ...environment, ...surroundings.environment },
        });
      return await measure({ settings, samples: new Samples(), run, ours, naive });
    } finally {
      standIn?.stop();
      await database.stop();
      directory.remove();
    }
  },
};

function secretsOf({ environment }: DeployedBundle, { url }: BenchDatabase): Readonly<Record<string, string>> {
  const { DATABASE_SECRET_ID = '', PLAYBACK_SIGNING_KEY_SECRET_ID = '' } = environment;
  return { [DATABASE_SECRET_ID]: url, [PLAYBACK_SIGNING_KEY_SECRET_ID]: JSON.stringify(playbackKey) };
}

function loadOf(seed: string, events: number): LoadSettings {
  const usual = { bodyBytes: 1_800, duplicates: 0.1, poison: 0, playback: 'signed' } as const;
  return { ...usual, seed, batchSize: BATCH, batches: Math.ceil(events / BATCH) };
}

async function measure({ settings, samples, run, ours, naive }: Bench): Promise<Measured> {
  const { settling, watched } = settings.quick ? quickly : usual;
  for (let round = 1; round <= settings.rounds; round += 1) {
    settings.progress(`round ${round} of ${settings.rounds}: naive`);
    const ofNaive = await run(naive, `naive ${round}`, settling);
    settings.progress(`round ${round} of ${settings.rounds}: ours`);
    const ofOurs = await run(ours, `ours ${round}`, settling + watched);
    const batches = settling / BATCH;
    samples.add('naive settled', Math.max(...ofNaive));
    samples.add('ours settled', Math.max(...ofOurs.slice(0, batches)));
    samples.add('ours first', ofOurs[0] ?? Number.NaN);
    samples.add('ours most', Math.max(...ofOurs));
    // The garbage collector makes it go up and down by itself, so that one moment says nothing about growth.
    samples.add('ours early', mean(ofOurs.slice(batches / 2, batches)));
    samples.add('ours late', mean(ofOurs.slice(-batches / 2)));
  }
  return report(samples, settling, watched);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function report(samples: Samples, settling: number, watched: number): Measured {
  const [first, more] = [settling, watched].map((events) => events.toLocaleString('en'));
  const row = 11;
  return {
    findings: [
      samples.figure('ours most', `the most that the processor ever has, batches of ${BATCH}`, 'MB', {
        row,
        atMost: 130,
      }),
      samples.ratio('ours late', 'ours early', `after ${more} more events, against after ${first}`, {
        row,
        atMost: 1.1,
      }),
      samples.ratio('ours settled', 'naive settled', `the most in ${first} events, against naive`, { row }),
      samples.figure('ours first', 'after one batch: the processor as it is deployed', 'MB'),
      samples.figure('ours settled', `the most in ${first} events: the processor as it is deployed`, 'MB'),
      samples.figure('naive settled', `the most in ${first} events: naive`, 'MB'),
    ],
    notes: [
      `Resident memory of a process of its own, after each batch. Secrets Manager and EventBridge are a stand-in in another process, reached over TLS as those of AWS; Postgres is real. A tenth of the events are duplicates; after each run, every event was applied exactly once.`,
      'Ours is the very bundle that is deployed, with its source maps enabled. Naive is bundled as CommonJS and minified, without source maps, and has its database from its environment. Node is given the heap limits that a Lambda of the same memory has; without them it takes what a server can spare, and that is more than a hundred megabytes more.',
    ],
  };
}
