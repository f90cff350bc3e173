import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { StandIn } from '../aws/stand-in.ts';
import {
  type Bundle,
  type DeployedBundle,
  likeMost,
  likeOurs,
  makeBundle,
  openDeployed,
} from '../bundles.ts';
import { type BenchDatabase, openBenchDatabase } from '../database.ts';
import type { LoadSettings } from '../processor/load.ts';
import { playbackKey } from '../processor/ours.ts';
import type { BenchSettings, Measured, Part } from '../report.ts';
import { Samples } from '../samples.ts';
import { report, type When } from './findings.ts';
import { runEvents, type Watched } from './run.ts';

const BATCH = 100;

/** In events: until a process has seen all that it will see, and from there on. Naive is slow, and only has to settle. */
const usual = { settling: 5_000, watched: 100_000 };
const quickly = { settling: 1_000, watched: 4_000 };

interface Bench {
  readonly settings: BenchSettings;
  readonly samples: Samples;
  readonly run: (bundle: Bundle, seed: string, events: number) => Promise<Watched>;
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
      const program = await makeBundle(
        'bench/memory/function.ts',
        directory.path,
        'function',
        likeOurs,
      );
      const environment = {
        DATABASE_URL: database.url,
        EVENT_BUS_NAME: 'bench',
        EVENT_BUS_CALL_BYTES: '1048576',
      };
      standIn = await StandIn.open(secretsOf(ours, database));
      const surroundings = {
        database,
        program: program.file,
        environment: { ...standIn.environment, ...environment },
      };
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

function secretsOf(
  { environment }: DeployedBundle,
  { url }: BenchDatabase,
): Readonly<Record<string, string>> {
  const { DATABASE_SECRET_ID = '', PLAYBACK_SIGNING_KEY_SECRET_ID = '' } = environment;
  return {
    [DATABASE_SECRET_ID]: url,
    [PLAYBACK_SIGNING_KEY_SECRET_ID]: JSON.stringify(playbackKey),
  };
}

function loadOf(seed: string, events: number): LoadSettings {
  const usual = { bodyBytes: 1_800, duplicates: 0.1, poison: 0, playback: 'signed' } as const;
  return { ...usual, seed, batchSize: BATCH, batches: Math.ceil(events / BATCH) };
}

async function measure({ settings, samples, run, ours, naive }: Bench): Promise<Measured> {
  const { settling, watched } = settings.quick ? quickly : usual;
  const batches = settling / BATCH;
  for (let round = 1; round <= settings.rounds; round += 1) {
    settings.progress(`round ${round} of ${settings.rounds}: naive`);
    samples.add('naive settled', Math.max(...(await run(naive, `naive ${round}`, settling)).rss));
    settings.progress(`round ${round} of ${settings.rounds}: ours, until it has settled`);
    const settled = await run(ours, `ours ${round}, settled`, settling);
    addHeld(samples, 'early', settled);
    settings.progress(`round ${round} of ${settings.rounds}: ours`);
    const { rss, held } = await run(ours, `ours ${round}`, settling + watched);
    samples.add('ours settled', Math.max(...rss.slice(0, batches)));
    samples.add('ours first', rss[0] ?? Number.NaN);
    samples.add('ours most', Math.max(...rss));
    // The garbage collector makes it go up and down by itself, so that one moment says nothing about growth.
    samples.add('ours early', mean(rss.slice(batches / 2, batches)));
    samples.add('ours late', mean(rss.slice(-batches / 2)));
    addHeld(samples, 'late', { rss, held });
  }
  return report(samples, { batch: BATCH, settling, watched, memoryMb: ours.memoryMb });
}

function addHeld(samples: Samples, when: When, { rss, held }: Watched): void {
  const { young, old, external, used, mapped } = held;
  const outside = (rss.at(-1) ?? Number.NaN) - young - old - external - mapped;
  for (const [what, mb] of Object.entries({ mapped, outside, young, old, external, used }))
    samples.add(`${what} ${when}`, mb);
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
