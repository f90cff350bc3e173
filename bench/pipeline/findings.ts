import type { Finding, Measured } from '../report.ts';
import type { Samples } from '../samples.ts';
import { CONNECTIONS, PER_SECOND } from './slices.ts';
import { type SliceName, type VariantName, variants } from './variants.ts';

/** Which of the peers is the best differs from round to round, and each round's best is what ours is held against. */
const bests = [
  { name: 'best of Postgres', suffix: 'saturated', of: ['graphile-worker', 'pg-boss'], best: Math.max },
  { name: 'best of Postgres', suffix: 'saturated public', of: ['graphile-worker', 'pg-boss'], best: Math.max },
  {
    name: 'best of queues',
    suffix: 'steady p99',
    of: ['graphile-worker', 'pg-boss notified', 'bullmq'],
    best: Math.min,
  },
] as const;

export function addBests(samples: Samples): void {
  for (const { name, suffix, of, best } of bests) {
    const latest = of.flatMap((peer) =>
      samples.has(`${peer} ${suffix}`) ? [samples.of(`${peer} ${suffix}`).at(-1)] : [],
    );
    samples.add(`${name} ${suffix}`, best(...latest.map(Number)));
  }
}

const hasRedis = variants.has('bullmq');

export function report(samples: Samples): Measured {
  return {
    findings: [
      ...saturation(samples, 'saturated', ''),
      ...saturation(samples, 'saturated public', ', without signed playback URLs on either side'),
      ...latency(samples),
      ...[...variants].flatMap(([name, { what, slices }]) => figures(samples, name, what, slices)),
    ],
    notes: [...notes, ...(hasRedis ? [] : ['redis-server is not on this machine, so BullMQ was not measured.'])],
  };
}

function saturation(samples: Samples, slice: SliceName, how: string): readonly Finding[] {
  const against = (peer: string, what: string, atLeast: number) =>
    samples.ratio(`ours ${slice}`, `${peer} ${slice}`, `effects/s at saturation against ${what}${how}`, {
      row: 8,
      atLeast,
    });
  return [
    against('naive', 'naive', 3),
    against('best of Postgres', 'the better of graphile-worker and pg-boss', 2),
    ...(hasRedis ? [against('bullmq', 'BullMQ', 1.5)] : []),
    against('direct', 'a receiver that answers after its own commit', 1.2),
  ];
}

function latency(samples: Samples): readonly Finding[] {
  const row = 9;
  const at = `at ${PER_SECOND} deliveries/s`;
  return [
    samples.ratio('ours steady p50', 'direct steady p50', `p50 from delivery to effect ${at}, against direct`, {
      row,
      atMost: 2.5,
    }),
    samples.ratio(
      'ours steady p99',
      'best of queues steady p99',
      `p99 from delivery to effect ${at}, against the best queue`,
      { row, atMost: 1 },
    ),
    samples.figure('ours steady backlog', `events that wait at the end ${at}`, '', { row, atMost: 0 }),
  ];
}

function figures(samples: Samples, name: VariantName, what: string, slices: readonly SliceName[]): readonly Finding[] {
  const of = (suffix: string, title: string, unit: string) =>
    samples.has(`${name} ${suffix}`) ? [samples.figure(`${name} ${suffix}`, `${title}: ${what}`, unit)] : [];
  const parts = ['receiver', 'worker', 'queue', 'redis', 'postgres'];
  return [
    ...slices.flatMap((slice) =>
      slice === 'steady'
        ? [
            ...of('steady p50', 'p50 from delivery to effect', 'ms'),
            ...of('steady p99', 'p99 from delivery to effect', 'ms'),
            ...of('steady accept p50', 'p50 from delivery to answer', 'ms'),
            ...of('steady accept p99', 'p99 from delivery to answer', 'ms'),
            ...of('steady backlog', 'events that wait at the end', ''),
          ]
        : [
            ...of(slice, `effects, ${slice}`, 'events/s'),
            ...of(`${slice} accepted`, `accepted, ${slice}`, 'deliveries/s'),
          ],
    ),
    ...(['saturated', 'steady'] as const).flatMap((slice) =>
      parts.flatMap((part) => of(`${slice} cpu ${part}`, `CPU of the ${part}, ${slice}`, 'µs/delivery')),
    ),
    ...parts.flatMap((part) => of(`rss ${part}`, `most memory of the ${part}`, 'MB')),
  ];
}

const notes = [
  `Saturation is ${CONNECTIONS} connections that each send the next delivery once the last is answered. Effects a second are the events with effects over the time from the first delivery to the last effect, so that draining what was accepted is in it. A tenth of the deliveries are duplicates; bodies have 1.8 KB; a third are video.asset.ready, which sign a playback URL (RSA 2048) unless the film is public.`,
  `At ${PER_SECOND} deliveries a second, one is due every ${1000 / PER_SECOND} ms, whatever was answered before. Latency is from when the first delivery of an event was due to the commit of its effect, by Postgres' own clock for the commit (track_commit_timestamp): not from the answer, which for a direct receiver comes after the effect. The write to the disk at the commit is in nobody's latency, and in everybody's rate.`,
  'After each slice every event that was accepted had been applied exactly once: ledger, history, state of the film, notifications, outbox.',
  'Generator, receiver, worker, queue and Postgres are processes of their own on one machine, and share its cores. All traffic is on 127.0.0.1; functions reach the queue, the secrets and the bus over TLS with signed requests, nobody reaches Postgres or Redis over TLS.',
  'Ours are the bundles that are deployed: eight processors, each with module state and a connection of its own, in one process; their batches come from a poller that is not signed, as that is on the side of AWS. Ours and naive publish to a bus and mark the outbox. Direct and the queues of jobs leave the outbox to a relay, log nothing and count nothing.',
  'The queue of ours and naive has written a message to the disk before it accepts it; those that come together share a write. Naive is bundled as ours is. What naive gives back to the queue (the second of two copies in one batch) need not come again.',
  'The queues of jobs and direct claim the key in the transaction of the effects, with prepared statements, eight at a time. graphile-worker fetches and completes several jobs at a time. pg-boss takes batches of ten and asks again at once while they are full; for the latency it is notified instead, which costs it throughput.',
];
