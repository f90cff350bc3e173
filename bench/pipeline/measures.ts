import { percentile } from '../samples.ts';
import type { Effects } from './effects.ts';
import type { Attacked } from './generator.ts';

/** Each a second. */
export interface Rates {
  readonly effects: number;
  readonly accepted: number;
}

/** Draining what was accepted belongs to it: the time is that from the first delivery to the last effect. */
export function ratesOf({ startedAt, endedAt, accepted }: Attacked, effects: Effects): Rates {
  const lastEffectAt = Math.max(...effects.values());
  return {
    effects: (effects.size * 1000) / (lastEffectAt - startedAt),
    accepted: (accepted * 1000) / (endedAt - startedAt),
  };
}

/** In milliseconds from when a delivery was due. */
export interface Latencies {
  readonly effectP50: number;
  readonly effectP99: number;
  readonly acceptP50: number;
  readonly acceptP99: number;
  readonly backlog: number;
}

/** What is older than this at the end, and has no effect by then, is a backlog. */
const BACKLOG_MS = 1_000;

export function latenciesOf(
  { startedAt, events, acceptMs }: Attacked,
  effects: Effects,
  seconds: number,
): Latencies {
  const endAt = startedAt + seconds * 1000;
  const effectAt = (eventId: string) => effects.get(eventId) ?? Number.POSITIVE_INFINITY;
  const effectMs = ascending(events.map(({ eventId, dueAt }) => effectAt(eventId) - dueAt));
  const answered = ascending(acceptMs);
  return {
    effectP50: percentile(effectMs, 0.5),
    effectP99: percentile(effectMs, 0.99),
    acceptP50: percentile(answered, 0.5),
    acceptP99: percentile(answered, 0.99),
    backlog: events.filter(
      ({ eventId, dueAt }) => dueAt < endAt - BACKLOG_MS && effectAt(eventId) > endAt,
    ).length,
  };
}

const ascending = (values: readonly number[]) => values.toSorted((one, other) => one - other);
