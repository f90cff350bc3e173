import { isSynthetic } from '../../catalog/synthetic-events.ts';
import { ageMs } from '../../platform/age.ts';
import { parseJson } from '../../platform/json.ts';
import { emitMetrics, log } from '../../platform/logger.ts';
import type { Envelope } from '../envelope.ts';
import { loggedPayload, type PayloadAllowlist } from '../payload-allowlist.ts';
import type { EventOutcome, EventResult } from './event-outcome.ts';

type ReportedOutcome = EventOutcome | 'exhausted' | 'retried' | 'postponed';

export interface BatchContext {
  readonly provider: string;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly startedAt: Date;
  readonly now: Date;
}

/**
 * Writes one audit line for each event and one set of metrics. Zeros are emitted too: a rate needs
 * both sides.
 */
export function reportResults(batch: BatchContext, results: readonly EventResult[]): void {
  for (const result of results) logResult(batch, result);
  countResults(batch, results);
}

function countResults(batch: BatchContext, results: readonly EventResult[]): void {
  const synthetic = results.filter(({ envelope }) => isSynthetic(envelope?.eventType));
  const failed = synthetic.filter(({ kind }) => kind !== 'completed').length;
  if (synthetic.length > 0)
    emitMetrics(
      'smoke',
      { SmokeAccepted: 0, SmokeRecorded: synthetic.length - failed, SmokeFailed: failed },
      { provider: batch.provider },
    );
  if (synthetic.length < results.length)
    countEvents(
      batch,
      results.filter((result) => !synthetic.includes(result)),
    );
}

function countEvents(
  { provider, startedAt, now }: BatchContext,
  results: readonly EventResult[],
): void {
  const count = (...outcomes: readonly ReportedOutcome[]) =>
    results.filter((result) => outcomes.includes(reportedOutcome(result))).length;
  const ages = (some: readonly EventResult[], at: Date) =>
    some.flatMap(({ envelope }) => (envelope === undefined ? [] : [ageOf(envelope, at)]));
  // The age of a replayed or reconciled event depends on when the operator or the job acted, so
  // only deliveries are measured.
  const applied = results.filter(
    (result) => reportedOutcome(result) === 'processed' && isDelivery(result),
  );
  const postponed = results.filter(({ kind }) => kind === 'postponed');
  emitMetrics(
    'events',
    {
      Processed: count('processed'),
      Stale: count('stale'),
      Ignored: count('ignored'),
      Duplicate: count('duplicate'),
      Succeeded: count('processed', 'stale', 'ignored', 'duplicate'),
      Retried: count('retried'),
      Exhausted: count('exhausted'),
      Postponed: count('postponed'),
      Failed: count('retried', 'exhausted', 'postponed'),
      AcceptToEffectMs: ages(applied, now),
      AgeMs: ages(results, startedAt),
      ...(postponed.length > 0 && { PostponedAgeMs: ages(postponed, now) }),
    },
    { provider },
  );
}

const reportedOutcome = (result: EventResult): ReportedOutcome =>
  result.kind === 'completed' ? result.outcome : result.kind;

const isDelivery = ({ envelope }: EventResult) =>
  envelope?.replay === undefined && envelope?.origin === undefined;

const ageOf = ({ receivedAt }: Envelope, now: Date) => ageMs(new Date(receivedAt), now);

function logResult({ provider, payloadAllowlist, now }: BatchContext, result: EventResult): void {
  const { record, envelope } = result;
  const fields = {
    provider,
    eventId: envelope?.eventId,
    eventType: envelope?.eventType,
    outcome: reportedOutcome(result),
    origin: envelope?.origin,
    receives: Number(record.attributes.ApproximateReceiveCount),
    ageMs: envelope && ageOf(envelope, now),
    messageId: record.messageId,
    trace: envelope?.trace,
    payload: envelope && loggedPayload(parseJson(envelope.body), payloadAllowlist),
  };
  if (result.kind === 'completed') log.info('Event completed', fields);
  else log.error('Event failed', { ...fields, error: result.failure });
}
