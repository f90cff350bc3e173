import type { ChildProcess } from 'node:child_process';
import { ask } from '../child.ts';
import { insertFilms, type LoadSettings } from '../processor/load.ts';
import type { Samples } from '../samples.ts';
import type { Usage } from '../usage.ts';
import { settle } from './effects.ts';
import type { Attack, Attacked } from './generator.ts';
import { latenciesOf, ratesOf } from './measures.ts';
import type { Parts, Topology } from './topology.ts';
import type { SliceName, VariantName } from './variants.ts';
import type { Workshop } from './workshop.ts';

export const CONNECTIONS = 32;
export const PER_SECOND = 200;

/** In slices of the usual length. */
const LENGTH: Readonly<Record<SliceName, number>> = {
  saturated: 2,
  'saturated public': 2,
  steady: 3,
};

export interface Stage {
  readonly name: VariantName;
  readonly topology: Topology;
  readonly workshop: Workshop;
  readonly generator: ChildProcess;
  readonly sliceSeconds: number;
  readonly round: number;
}

/** @throws unless each event that was accepted was applied, once and completely. */
export async function runSlice(stage: Stage, slice: SliceName, samples: Samples): Promise<void> {
  const { name, topology, workshop, generator } = stage;
  const { pool } = workshop.database;
  const attack = attackOf(stage, slice);
  await topology.clear();
  await insertFilms(pool, attack.load);
  await ask(generator, attack);
  const usage = async (): Promise<Parts> => ({
    ...(await topology.usage()),
    generator: await ask<Usage>(generator, 'usage'),
  });
  const before = await usage();
  const attacked = await ask<Attacked>(generator, 'go');
  const effects = await settle(pool, name, attacked);
  const after = await usage();
  const key = `${name} ${slice}`;
  if (slice === 'steady') {
    const latencies = latenciesOf(attacked, effects, attack.seconds);
    for (const [what, value] of Object.entries(latencies)) samples.add(`${key} ${what}`, value);
  } else {
    const rates = ratesOf(attacked, effects);
    samples.add(key, rates.effects);
    samples.add(`${key} accepted`, rates.accepted);
  }
  for (const [part, { cpuSeconds, rssMb }] of Object.entries(after)) {
    const spent = cpuSeconds - (before[part]?.cpuSeconds ?? 0);
    samples.add(`${key} cpu ${part}`, (spent * 1e6) / attacked.accepted);
    if (rssMb !== undefined) samples.add(`${key} rss ${part}`, rssMb);
  }
}

function attackOf({ name, topology, sliceSeconds, round }: Stage, slice: SliceName): Attack {
  const seconds = sliceSeconds * LENGTH[slice];
  const isSteady = slice === 'steady';
  const deliveries = isSteady ? PER_SECOND * seconds + 1 : topology.variant.upTo * seconds;
  const batchSize = 100;
  const load: LoadSettings = {
    ...{ seed: `${name} ${slice} ${round}`, batchSize, batches: Math.ceil(deliveries / batchSize) },
    ...{ bodyBytes: 1_800, duplicates: 0.1, poison: 0 },
    playback: slice === 'saturated public' ? 'public' : 'signed',
  };
  const arrivals = isSteady
    ? ({ kind: 'open', perSecond: PER_SECOND } as const)
    : ({ kind: 'closed' } as const);
  return { port: topology.port, load, arrivals, connections: CONNECTIONS, seconds };
}
