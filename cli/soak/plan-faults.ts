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
        | 'bus-down'
        | 'sqs-down'
        | 'kill-instance';
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

type Kinds = readonly (readonly [kind: FaultKind, share: number, duration: Duration])[];

/** Kinds by frequency. A freeze can exceed the processors' time limit of 8 s. */
const partKinds: Kinds = [
  ['kill-function', 40, { shortest: 0, longest: 60 }],
  ['freeze-function', 8, { shortest: 200, longest: 7_000 }],
  ['kill-postgres', 16, { shortest: 100, longest: 2_000 }],
  ['freeze-postgres', 9, { shortest: 1_000, longest: 12_000 }],
  ['kill-pooler', 12, { shortest: 100, longest: 2_000 }],
  ['freeze-pooler', 6, { shortest: 1_000, longest: 12_000 }],
  ['resend-down', 4, { shortest: 500, longest: 4_000 }],
  ['resend-hanging', 2, { shortest: 500, longest: 4_000 }],
  ['bus-down', 3, { shortest: 500, longest: 4_000 }],
  ['sqs-down', 4, { shortest: 500, longest: 4_000 }],
];

/** Kinds that strike the whole instance, and what it cannot take down with it. */
const wholeKinds: Kinds = [
  ['kill-instance', 6, { shortest: 0, longest: 2_000 }],
  ['kill-postgres', 1, { shortest: 100, longest: 2_000 }],
  ['kill-pooler', 1, { shortest: 100, longest: 2_000 }],
  ['resend-down', 1, { shortest: 500, longest: 4_000 }],
];

const sequenceOf = (kinds: Kinds) =>
  kinds.flatMap(([kind, share, duration]) =>
    Array.from({ length: share }, () => ({ kind, duration })),
  );

/** `parts`: single functions and services. `whole`: the process with all of them. */
const sequences = { parts: sequenceOf(partKinds), whole: sequenceOf(wholeKinds) };

export type FaultScope = keyof typeof sequences;

/** Grows with the root of the events, so that a long run spends most of its time on events. */
export const defaultFaults = (events: number): number => Math.round(Math.sqrt(events));

export interface FaultOptions {
  /** Number of deliveries of both providers. */
  readonly deliveries: number;
  readonly count: number;
  readonly scope: FaultScope;
}

/** Plans faults at random places among the deliveries, in order. */
export function planFaults(
  random: Random,
  { deliveries, count, scope }: FaultOptions,
): readonly Fault[] {
  const places = Array.from({ length: count }, () => random.below(Math.max(1, deliveries)));
  return places
    .sort((one, other) => one - other)
    .map((after) => planFault(random, after, sequences[scope]));
}

function planFault(random: Random, after: number, sequence: (typeof sequences)[FaultScope]): Fault {
  const { kind, duration } = random.pick(sequence);
  const { shortest, longest } = duration;
  const milliseconds = shortest + random.below(longest - shortest + 1);
  return kind === 'kill-function' || kind === 'freeze-function'
    ? { after, milliseconds, kind, functionName: random.pick(functionNames) }
    : { after, milliseconds, kind };
}
