import { type ChildProcess, fork } from 'node:child_process';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { openBenchDatabase } from '../database.ts';
import type { BenchSettings, Part } from '../report.ts';
import { Samples } from '../samples.ts';
import { addBests, report } from './findings.ts';
import { runSlice } from './slices.ts';
import { Topology } from './topology.ts';
import { type Variant, type VariantName, variants } from './variants.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

interface Bench {
  readonly settings: BenchSettings;
  readonly workshop: Workshop;
  readonly generator: ChildProcess;
  readonly samples: Samples;
}

export const pipeline: Part = {
  name: 'pipeline',
  title:
    'Pipeline: from signed deliveries to effects in Postgres, beside what people would use instead',
  async run(settings) {
    const directory = makeTemporaryDirectory('pipeline');
    const database = await openBenchDatabase({ track_commit_timestamp: 'on' });
    let workshop: Workshop | undefined;
    let generator: ChildProcess | undefined;
    try {
      settings.progress('bundling');
      workshop = await openWorkshop(database, directory.path);
      generator = fork(workshop.programs.generator, {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const bench = { settings, workshop, generator, samples: new Samples() };
      for (let round = 1; round <= settings.rounds; round += 1) await runRound(bench, round);
      return report(bench.samples);
    } finally {
      generator?.kill();
      workshop?.close();
      await database.stop();
      directory.remove();
    }
  },
};

async function runRound(bench: Bench, round: number): Promise<void> {
  for (const [name, variant] of variants) await runVariant(bench, round, name, variant);
  addBests(bench.samples);
}

/** Processes of its own in each round, so that no other variant's are awake; what runs cold is not counted. */
async function runVariant(
  bench: Bench,
  round: number,
  name: VariantName,
  variant: Variant,
): Promise<void> {
  const { settings, workshop, generator, samples } = bench;
  const { rounds, sliceSeconds, progress } = settings;
  const topology = await Topology.open(name, variant, workshop);
  const stage = { name, topology, workshop, generator, sliceSeconds, round };
  try {
    progress(`round ${round} of ${rounds}: ${name}, warming up`);
    await runSlice({ ...stage, round: 0 }, 'saturated', new Samples());
    for (const slice of variant.slices) {
      progress(`round ${round} of ${rounds}: ${name}, ${slice}`);
      await runSlice(stage, slice, samples);
    }
  } finally {
    topology.stop();
  }
}
