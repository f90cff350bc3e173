import { log } from '../platform/logger.ts';
import { fitsQueue, toQueueMessage } from '../webhooks/envelope.ts';
import { type MissedEvent, markRecovered } from './missed-events.queries.ts';
import { UnusableRecordError } from './provider-api.ts';
import type { ReconcilerContext } from './reconciler.ts';

type RecoveryContext = Pick<ReconcilerContext, 'pool' | 'now' | 'enqueue'>;

/**
 * Enqueues an event that was read from the provider's API. The envelope names that origin, so the
 * ledger never calls the event signed.
 */
export async function enqueueReconciled(
  { pool, now, enqueue }: RecoveryContext,
  missed: MissedEvent,
  body: string,
): Promise<void> {
  const { provider, eventId, type: eventType } = missed;
  const receivedAt = now().toISOString();
  const message = toQueueMessage({
    provider,
    eventId,
    eventType,
    receivedAt,
    trace: eventId,
    origin: 'reconciled',
    body,
  });
  if (!fitsQueue(message))
    throw new UnusableRecordError(`The event ${eventId} is larger than SQS accepts.`);
  await enqueue(message);
  await markRecovered(await pool(), missed, now());
  log.warn('Missed event enqueued', { provider, eventId, eventType });
}
