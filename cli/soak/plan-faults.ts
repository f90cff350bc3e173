import type { Random } from './random.ts';

/** One fault. `after` is the number of accepted deliveries at which it begins. */
export type Fault = {
  readonly after: number;
} & (
  | { readonly kind: 'kill-function' | 'freeze-function'; readonly functionName: string }
  | {
      readonly kind:
        | 'kill-postgres'
        | 'freeze-postgres'
        | 'kill-pooler'
        | 'freeze-pooler'
        | 'resend-down'
        | 'resend-hanging'
        | 'bus-down';
    }
) & {
    /**
     * Time until the restart, or until the frozen or unavailable part goes on. Before the kill of a
     * function: time after the begin of an invocation.
     */
    readonly milliseconds: number;
  };

export type FaultKind = Fault['kind'];

/** Functions that a fault strikes, those on the way of an event more often. */
const functionNames = [
  'MuxVerifier',
  'ResendVerifier',
  'MuxProcessor',
  'MuxProcessor',
  'MuxProcessor',
  'ResendProcessor',
  'ResendProcessor',
  'NotificationsSender',
  'NotificationsSender',
  'JobsRelayOutboxJob',
  'JobsRetryFailedWebhooksJob',
] as const;

interface Duration {
  readonly shortest: number;
  readonly longest: number;
}

/** Kinds by frequency. A freeze can exceed the processors' time limit of 8 s. */
const kinds: readonly (readonly [kind: FaultKind, share: number, duration: Duration])[] = [
  ['kill-function', 40, { shortest: 0, longest: 60 }],
  ['freeze-function', 8, { shortest: 200, longest: 7_000 }],
  ['kill-postgres', 16, { shortest: 100, longest: 2_000 }],
  ['freeze-postgres', 9, { shortest: 1_000, longest: 12_000 }],
  ['kill-pooler', 12, { shortest: 100, longest: 2_000 }],
  ['freeze-pooler', 6, { shortest: 1_000, longest: 12_000 }],
  ['resend-down', 4, { shortest: 500, longest: 4_000 }],
  ['resend-hanging', 2, { shortest: 500, longest: 4_000 }],
  ['bus-down', 3, { shortest: 500, longest: 4_000 }],
];

const sequence = kinds.flatMap(([kind, share, duration]) =>
  Array.from({ length: share }, () => ({ kind, duration })),
);

/** Grows with the root of the events, so that a long run spends most of its time on events. */
export const defaultFaults = (events: number): number => Math.round(Math.sqrt(events));

/** Plans faults at random places among `deliveries` deliveries, in order. */
export function planFaults(random: Random, deliveries: number, count: number): readonly Fault[] {
  const places = Array.from({ length: count }, () => random.below(Math.max(1, deliveries)));
  return places.sort((one, other) => one - other).map((after) => planFault(random, after));
}

function planFault(random: Random, after: number): Fault {
  const { kind, duration } = random.pick(sequence);
  const { shortest, longest } = duration;
  const milliseconds = shortest + random.below(longest - shortest + 1);
  return kind === 'kill-function' || kind === 'freeze-function'
    ? { after, milliseconds, kind, functionName: random.pick(functionNames) }
    : { after, milliseconds, kind };
}
