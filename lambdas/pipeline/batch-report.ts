import type { SQSRecord } from 'aws-lambda';
import { emitMetrics, log } from '../runtime/observability.ts';
import type { Outcome } from '../store/exactly-once.ts';
import type { Envelope } from './envelope.ts';
import type { ProcessingFailure } from './failures.ts';

/** What became of one message: `again` returns to the queue, everything else is acknowledged. */
export type Result = { readonly record: SQSRecord; readonly envelope: Envelope | undefined } & (
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'exhausted'; readonly failure: ProcessingFailure }
  | { readonly kind: 'again'; readonly failure: ProcessingFailure }
);

const counters = {
  processed: 'Processed',
  stale: 'Stale',
  ignored: 'Ignored',
  duplicate: 'Duplicate',
  exhausted: 'Exhausted',
  again: 'Retried',
} as const;

type Verdict = keyof typeof counters;

/** One audit line for each event and one set of counts for the batch. Zeros are sent too: a rate needs both sides. */
export function reportResults(provider: string, results: readonly Result[], now: Date): void {
  const verdicts = results.map(verdictOf);
  for (const result of results) audit(provider, result, now);
  const counts = Object.entries(counters).map(([verdict, name]) => [
    name,
    verdicts.filter((one) => one === verdict).length,
  ]);
  const ages = results.flatMap(({ envelope }) => (envelope === undefined ? [] : [ageOf(envelope, now)]));
  emitMetrics(
    { ...Object.fromEntries(counts), ...(ages.length > 0 ? { AcceptToEffectMs: Math.max(...ages) } : {}) },
    { provider },
  );
}

const verdictOf = (result: Result): Verdict => (result.kind === 'done' ? result.outcome : result.kind);

const ageOf = ({ receivedAt }: Envelope, now: Date) => Math.max(0, now.getTime() - new Date(receivedAt).getTime());

function audit(provider: string, result: Result, now: Date): void {
  const { record, envelope } = result;
  const fields = {
    provider,
    eventId: envelope?.eventId,
    eventType: envelope?.eventType,
    outcome: verdictOf(result),
    receives: Number(record.attributes.ApproximateReceiveCount),
    ageMs: envelope && ageOf(envelope, now),
    messageId: record.messageId,
    trace: envelope?.trace,
  };
  if (result.kind === 'done') log.info('Event settled', fields);
  else log.error('Event failed', { ...fields, error: result.failure });
}
