import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { markResult } from '../../lambdas/outbox/outbox.queries.ts';
import { makePublishOutbox } from '../../lambdas/outbox/publish-outbox.ts';
import { makePublishEvents } from '../../lambdas/outbox/put-events.ts';
import { readEnv } from '../../lambdas/platform/env.ts';
import { PostgresPersistenceLayer } from '../../lambdas/platform/postgres/idempotency.ts';
import { inTransaction } from '../../lambdas/platform/postgres/transaction.ts';
import { type Envelope, fromQueueRecord } from '../../lambdas/webhooks/envelope.ts';
import { openPool } from '../database.ts';
import { applyEvent } from './apply-event.ts';

const { DATABASE_URL, EVENT_BUS_NAME } = readEnv(['DATABASE_URL', 'EVENT_BUS_NAME']);
const records = openPool(DATABASE_URL, 1);
const work = openPool(DATABASE_URL, 1);
const config = new IdempotencyConfig({ eventKeyJmesPath: 'eventId' });
const persistenceStore = new PostgresPersistenceLayer(async () => records);
const publish = makePublishOutbox({
  publish: makePublishEvents(EVENT_BUS_NAME),
  mark: (result) => markResult(work, result, new Date()),
  now: () => new Date(),
});

const applyOnce = makeIdempotent(
  async (envelope: Envelope) => {
    await publish(await inTransaction(work, (tx) => applyEvent(tx, envelope)));
    return { applied: true };
  },
  { persistenceStore, config, keyPrefix: 'naive' },
);

/**
 * The obvious processor: Powertools claims each record's key and completes it on one connection;
 * a transaction applies the event on another.
 */
export function handler({ Records }: SQSEvent, context: Context) {
  config.registerLambdaContext(context);
  return processPartialResponse(
    { Records },
    (record: SQSRecord) => applyOnce(fromQueueRecord(record)),
    new BatchProcessor(EventType.SQS),
    { context, throwOnFullBatchFailure: false },
  );
}
