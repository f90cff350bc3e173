import type { SQSRecord } from 'aws-lambda';
import type { Envelope } from '../envelope.ts';
import type { ProcessingError } from '../failures.ts';
import type { ProcessedEntry } from '../webhook-events.queries.ts';
import type { EventEffects, IncomingEvent } from './event-handler.ts';

/**
 * `stale`: the event came too late to change any state. `duplicate`: it was applied before, or its
 * effects were read from the provider's API before.
 */
export type EventOutcome = 'processed' | 'stale' | 'ignored' | 'synthetic' | 'duplicate';

/**
 * Result of one message. A retried message returns to the queue and loses a receive. While Postgres
 * is unavailable, a message is postponed: a copy returns to the queue. All others are acknowledged.
 */
export type EventResult = {
  readonly record: SQSRecord;
  /** Undefined if the message is no envelope. */
  readonly envelope: Envelope | undefined;
} & (
  | { readonly kind: 'completed'; readonly outcome: EventOutcome }
  | { readonly kind: 'exhausted'; readonly failure: ProcessingError }
  | { readonly kind: 'retried'; readonly failure: ProcessingError }
  | {
      readonly kind: 'postponed';
      readonly failure: ProcessingError;
      /** Number of connections that were lost amid attempts at this message. */
      readonly connectionLosses: number;
    }
);

export function outcomeOf(
  { synthetic = false }: IncomingEvent<unknown>,
  effects: EventEffects | undefined,
): EventOutcome {
  if (effects === undefined) return synthetic ? 'synthetic' : 'ignored';
  if (effects.duplicate) return 'duplicate';
  return effects.stale ? 'stale' : 'processed';
}

export function toProcessedEntry(
  source: string,
  { synthetic = false, event: _, ...incoming }: IncomingEvent<unknown>,
  effects: EventEffects | undefined,
): ProcessedEntry {
  const entry = { source, ...incoming };
  if (effects === undefined)
    return { ...entry, status: synthetic ? 'synthetic' : 'ignored', effects: {} };
  const { assetEvents, notifications, outbox } = effects;
  return {
    ...entry,
    status: 'processed',
    effects: { assetEvents, notifications, outbox: outbox.map(({ id }) => id) },
  };
}
