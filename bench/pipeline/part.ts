import { join } from 'node:path';
import { Child } from '../child.ts';
import { awaitEffects, clearTables } from '../database.ts';
import { defaultLoad, insertAssets } from '../load.ts';
import { familyCpu, postgresCpu } from '../process-stats.ts';
import { type BenchOptions, type Finding, type Part, Samples } from '../report.ts';
import { openRig, type Rig } from '../rig.ts';
import type { Traffic, TrafficResult } from './generator.ts';
import { openTopology, type Topology, type Variant, variants } from './topology.ts';

interface Bench {
  readonly options: BenchOptions;
  readonly rig: Rig;
  readonly generator: Child;
}

const PER_SECOND = 200;
/** More deliveries a second than any receiver accepts. */
const MAX_RATE = 6_000;

export const pipeline: Part = {
  name: 'pipeline',
  title: 'Pipeline: from signed deliveries to effects in Postgres, next to other queues',
  async run(options) {
    const rig = await openRig();
    const generator = new Child([join(import.meta.dirname, 'generator.ts')]);
    const samples = new Samples();
    try {
      for (let round = 1; round <= options.rounds; round += 1) {
        options.progress(`round ${round} of ${options.rounds}`);
        for (const variant of variants)
          await runVariant({ options, rig, generator }, samples, variant);
      }
      return findingsOf(samples);
    } finally {
      generator.stop();
      await rig.close();
    }
  },
};

/** Starts fresh processes, so that no other variant's processes run, and warms them up. */
async function runVariant(bench: Bench, samples: Samples, variant: Variant): Promise<void> {
  const topology = await openTopology(bench.rig, variant);
  try {
    await runSlice(bench, topology, `${variant} warm-up`, null);
    const { rate, cpu, postgres } = await runSlice(bench, topology, `${variant} saturated`, null);
    const { p50, p99, backlog } = await runSlice(bench, topology, `${variant} steady`, PER_SECOND);
    const figures = { rate, cpu, postgres, p50, p99, backlog };
    for (const [what, value] of Object.entries(figures)) samples.add(`${variant} ${what}`, value);
  } finally {
    topology.stop();
  }
}

/** @throws unless each accepted event was applied exactly once. */
async function runSlice(
  { options, rig, generator }: Bench,
  topology: Topology,
  name: string,
  perSecond: number | null,
) {
  const { pool } = rig.database;
  const seconds = 2 * options.sliceSeconds;
  const load = { ...defaultLoad, deliveries: seconds * (perSecond ?? MAX_RATE) + 1, seed: name };
  options.progress(name);
  await clearTables(pool);
  await insertAssets(pool, load);
  await generator.ask({ port: topology.port, load, seconds, perSecond } satisfies Traffic);
  const readCpu = async () => {
    const postgres = await postgresCpu(pool);
    // This process runs the stand-in for AWS. Its children are counted one by one.
    const own = process.cpuUsage();
    const pids = [...topology.pids, generator.pid];
    const others = pids.reduce((sum, pid) => sum + familyCpu(pid), (own.user + own.system) / 1e6);
    return { postgres, all: postgres + others };
  };
  const before = await readCpu();
  const { startedAt, endedAt, accepted, eventIds } = await generator.ask<TrafficResult>('go');
  const { lastAt, p50, p99 } = await awaitEffects(pool, name, new Set(eventIds));
  const after = await readCpu();
  return {
    rate: (eventIds.length * 1000) / (lastAt - startedAt),
    cpu: ((after.all - before.all) * 1e6) / accepted,
    postgres: ((after.postgres - before.postgres) * 1e6) / accepted,
    backlog: Math.max(0, lastAt - endedAt),
    p50,
    p99,
  };
}

function findingsOf(samples: Samples): readonly Finding[] {
  const faster = (peer: Variant, bound: number) => {
    const what = `effects at saturation against ${peer}`;
    return samples.ratio('ours rate', `${peer} rate`, what, [8, '≥', bound]);
  };
  const at = `at ${PER_SECOND} deliveries/s`;
  const sooner = (what: 'p50' | 'p99', peer: Variant, bound: number) =>
    samples.ratio(`ours ${what}`, `${peer} ${what}`, `${what} ${at}, ${peer}`, [9, '≤', bound]);
  return [
    samples.figure('ours cpu', 'CPU of all processes', 'µs/delivery', [5, '≤', 1_500]),
    samples.figure('ours postgres', 'CPU of Postgres alone', 'µs/delivery', [5, '≤', 350]),
    faster('naive', 3),
    faster('graphile-worker', 2),
    faster('pg-boss', 2),
    faster('bullmq', 1.5),
    faster('direct', 1.2),
    sooner('p50', 'direct', 2.5),
    sooner('p99', 'graphile-worker', 1),
    sooner('p99', 'bullmq', 1),
    samples.figure('ours backlog', `time to drain ${at}`, 'ms', [9, '≤', 1_000]),
    ...variants.flatMap((name) => [
      samples.figure(`${name} rate`, `effects at saturation: ${name}`, 'events/s'),
      samples.figure(`${name} cpu`, `CPU of all processes: ${name}`, 'µs/delivery'),
      samples.figure(`${name} p99`, `p99 ${at}: ${name}`, 'ms'),
    ]),
  ];
}
