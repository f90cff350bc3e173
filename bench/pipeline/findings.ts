import type { Finding, Measured } from '../report.ts';
import type { Samples } from '../samples.ts';
import { CONNECTIONS, PER_SECOND } from './slices.ts';
import { type SliceName, type Variant, type VariantName, variants } from './variants.ts';

const postgresQueues = [
  'graphile-worker',
  'graphile-worker batched',
  'pg-boss',
  'pg-boss notified',
];
const queues = [...postgresQueues, 'bullmq'];

/** Which of the peers is the best differs from round to round, and each round's best is what ours is held against. */
const bests = [
  { name: 'best of Postgres', suffix: 'saturated', of: postgresQueues, best: Math.max },
  { name: 'best of Postgres', suffix: 'saturated public', of: postgresQueues, best: Math.max },
  { name: 'best of queues', suffix: 'steady effectP99', of: queues, best: Math.min },
];

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
      ...saturation(samples, 'saturated', 'at saturation'),
      ...saturation(samples, 'saturated public', 'public films at saturation'),
      ...latency(samples),
      ...[...variants].flatMap(([name, variant]) => figures(samples, name, variant)),
    ],
    notes: [
      ...notes,
      ...(hasRedis ? [] : ['redis-server is not on this machine, so BullMQ was not measured.']),
    ],
  };
}

function saturation(samples: Samples, slice: SliceName, when: string): readonly Finding[] {
  const against = (peer: string, what: string, atLeast: number) =>
    samples.ratio(`ours ${slice}`, `${peer} ${slice}`, `${when} against ${what}`, {
      row: 8,
      atLeast,
    });
  return [
    against('naive', 'naive', 3),
    against('best of Postgres', 'the better Postgres queue', 2),
    ...(hasRedis ? [against('bullmq', 'BullMQ', 1.5)] : []),
    against('direct', 'a direct receiver', 1.2),
  ];
}

function latency(samples: Samples): readonly Finding[] {
  const row = 9;
  const at = `at ${PER_SECOND} deliveries/s`;
  const against = (peer: string, which: 'P50' | 'P99', what: string, atMost: number) => {
    const [one, base] = [`ours steady effect${which}`, `${peer} steady effect${which}`];
    return samples.ratio(one, base, `${which.toLowerCase()} ${at} against ${what}`, {
      row,
      atMost,
    });
  };
  return [
    against('direct', 'P50', 'a direct receiver', 2.5),
    against('best of queues', 'P99', 'the best queue of jobs', 1),
    samples.figure('ours steady backlog', `backlog at the end, ${at}`, 'events', {
      row,
      atMost: 0,
    }),
  ];
}

const parts = ['receiver', 'worker', 'queue', 'redis', 'bus', 'postgres', 'generator'];

function figures(
  samples: Samples,
  name: VariantName,
  { what, slices }: Variant,
): readonly Finding[] {
  const of = (suffix: string, title: string, unit: string) =>
    samples.has(`${name} ${suffix}`)
      ? [samples.figure(`${name} ${suffix}`, `${title}: ${what}`, unit)]
      : [];
  return slices.flatMap((slice) => [
    ...of(slice, `effects, ${slice}`, 'events/s'),
    ...of(`${slice} accepted`, `accepted, ${slice}`, 'deliveries/s'),
    ...of(`${slice} effectP50`, 'p50 from delivery to effect', 'ms'),
    ...of(`${slice} effectP99`, 'p99 from delivery to effect', 'ms'),
    ...of(`${slice} acceptP50`, 'p50 from delivery to answer', 'ms'),
    ...of(`${slice} acceptP99`, 'p99 from delivery to answer', 'ms'),
    ...of(`${slice} backlog`, 'backlog at the end', 'events'),
    ...(slice === 'saturated public' ? [] : parts).flatMap((part) => [
      ...of(`${slice} cpu ${part}`, `CPU of ${part}, ${slice}`, 'µs/delivery'),
      ...of(`${slice} rss ${part}`, `most memory of ${part}, ${slice}`, 'MB'),
    ]),
  ]);
}

const notes = [
  `Saturation is ${CONNECTIONS} connections that each send the next delivery once the last is answered. Effects/s are the events with effects over the time from the first delivery to the last effect: draining what was accepted is in it. A tenth of the deliveries are duplicates; bodies have 1.8 KB; a third are video.asset.ready, which sign a playback URL (RSA 2048) unless the film is public.`,
  `At ${PER_SECOND} deliveries/s one is due every ${1000 / PER_SECOND} ms, whatever was answered before. Latency is from when the first delivery of an event was due to the commit of its effect, by the time that Postgres notes for each commit (track_commit_timestamp). It is not from the answer, which for a direct receiver comes after the effect. The write to the disk at the commit is in nobody's latency, and in everybody's rate. Backlog is what was due more than a second before the last delivery and has no effect when that is due.`,
  'After each slice every event that was accepted had been applied exactly once: ledger, history, state of the film, notifications, outbox.',
  'Generator, receiver, worker, queue and Postgres are processes of their own and share the cores of one machine; those of one variant run at a time, and all are warm. All traffic is on 127.0.0.1. Functions reach queue, secrets and bus over TLS with signed requests; nobody reaches Postgres or Redis over TLS.',
  'Ours are the bundles that are deployed, with log, metrics and secrets: two processors, each with module state and a connection of its own, in one process (naive: eight). What Lambda and API Gateway do themselves (the HTTP event, polling, deleting) is done as cheaply as it can be, the same for both. Both publish to the bus and mark the outbox. Direct and the queues of jobs leave the outbox to a relay, log nothing and count nothing.',
  'The queue of ours and naive has a message on the disk before it accepts it; those that come together share a write. Naive is bundled as ours is, which makes it faster. What naive gives back to the queue (the second of two copies in one batch) need not come again.',
  'Direct and the queues of jobs claim the key in the transaction of the effects, with prepared statements, eight at a time; their effects are those of naive. The better Postgres queue is the best of graphile-worker and pg-boss, however set, and the best queue of jobs the best of these and BullMQ, round by round. graphile-worker is measured as it comes, and fetching and completing several jobs at a time; pg-boss takes batches of ten and asks again at once while they are full, and is notified instead where latency is measured. Redis writes each command to the disk (appendfsync always).',
];
