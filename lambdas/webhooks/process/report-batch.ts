import type { SQSRecord } from 'aws-lambda';
import { isSynthetic } from '../../catalog/synthetic-events.ts';
import { ageMs } from '../../platform/age.ts';
import { parseJson } from '../../platform/json.ts';
import { emitMetrics, log } from '../../platform/logger.ts';
import type { Envelope } from '../envelope.ts';
import type { ProcessingError } from '../failures.ts';
import { loggedPayload, type PayloadAllowlist } from '../payload-allowlist.ts';
import type { Outcome } from './exactly-once.ts';

/** What became of one message: `again` returns to the queue, everything else is acknowledged. */
export type Result = { readonly record: SQSRecord; readonly envelope: Envelope | undefined } & (
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'exhausted'; readonly failure: ProcessingError }
  | { readonly kind: 'again'; readonly failure: ProcessingError }
);

type Verdict = Outcome | 'exhausted' | 'again';

export interface Batch {
  readonly provider: string;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly startedAt: Date;
  readonly now: Date;
}

/** One audit line for each event and one set of counts for the batch. Zeros are sent too: a rate needs both sides. */
export function reportResults(batch: Batch, results: readonly Result[]): void {
  for (const result of results) audit(batch, result);
  countResults(batch, results);
}

function countResults(batch: Batch, results: readonly Result[]): void {
  const synthetic = results.filter(({ envelope }) => isSynthetic(envelope?.eventType));
  const failed = synthetic.filter(({ kind }) => kind !== 'done').length;
  const recorded = synthetic.length - failed;
  if (synthetic.length > 0)
    emitMetrics(
      'smoke',
      { SmokeAccepted: 0, SmokeRecorded: recorded, SmokeFailed: failed },
      { provider: batch.provider },
    );
  if (synthetic.length < results.length)
    countEvents(
      batch,
      results.filter((one) => !synthetic.includes(one)),
    );
}

function countEvents({ provider, startedAt, now }: Batch, results: readonly Result[]): void {
  const count = (...verdicts: readonly Verdict[]) =>
    results.filter((one) => verdicts.includes(verdictOf(one))).length;
  const ages = (some: readonly Result[], at: Date) =>
    some.flatMap(({ envelope }) => (envelope === undefined ? [] : [ageOf(envelope, at)]));
  // A replay is as old as whoever asks for it likes, and says nothing of how fast we are.
  const applied = results.filter(
    (one) => verdictOf(one) === 'processed' && one.envelope?.replay === undefined,
  );
  emitMetrics(
    'events',
    {
      Processed: count('processed'),
      Stale: count('stale'),
      Ignored: count('ignored'),
      Duplicate: count('duplicate'),
      Succeeded: count('processed', 'stale', 'ignored', 'duplicate'),
      Retried: count('again'),
      Exhausted: count('exhausted'),
      Failed: count('again', 'exhausted'),
      AcceptToEffectMs: ages(applied, now),
      AgeMs: ages(results, startedAt),
    },
    { provider },
  );
}

const verdictOf = (result: Result): Verdict =>
  result.kind === 'done' ? result.outcome : result.kind;

const ageOf = ({ receivedAt }: Envelope, now: Date) => ageMs(new Date(receivedAt), now);

function audit({ provider, payloadAllowlist, now }: Batch, result: Result): void {
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
    payload: envelope && loggedPayload(parseJson(envelope.body), payloadAllowlist),
  };
  if (result.kind === 'done') log.info('Event settled', fields);
  else log.error('Event failed', { ...fields, error: result.failure });
}
