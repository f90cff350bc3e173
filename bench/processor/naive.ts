import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import Mux from '@mux/mux-node';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type pg from 'pg';
import { insertAssetEvents } from '../../lambdas/assets/asset-events.queries.ts';
import { type Asset, updateAssets } from '../../lambdas/assets/assets.queries.ts';
import { insertNotifications } from '../../lambdas/notifications/notifications.queries.ts';
import {
  insertOutboxEntries,
  markResult,
  type OutboxEntry,
} from '../../lambdas/outbox/outbox.queries.ts';
import { makePublishOutbox } from '../../lambdas/outbox/publish-outbox.ts';
import type { PublishEvents } from '../../lambdas/outbox/put-events.ts';
import type { Queryable } from '../../lambdas/platform/postgres/database.ts';
import { PostgresPersistenceLayer } from '../../lambdas/platform/postgres/idempotency.ts';
import { effectsOf } from '../../lambdas/providers/mux/effects.ts';
import { parseMuxEvent } from '../../lambdas/providers/mux/events.ts';
import { reduceEvents } from '../../lambdas/providers/mux/reduce-events.ts';
import { type Envelope, fromQueueRecord } from '../../lambdas/webhooks/envelope.ts';
import { recordProcessed } from '../../lambdas/webhooks/webhook-events.queries.ts';
import { context, type ProcessBatch, playbackKey } from './ours.ts';

const FIND_FILM = `
  select id, owner_id as "ownerId", title, status, status_at as "statusAt", status_event_id as "statusEventId",
         mux_upload_id as "muxUploadId", mux_asset_id as "muxAssetId", playback_id as "playbackId",
         playback_policy as "playbackPolicy", playback_url as "playbackUrl",
         playback_url_expires_at as "playbackUrlExpiresAt", duration_seconds as "durationSeconds",
         aspect_ratio as "aspectRatio", ready_at as "readyAt", ready_event_id as "readyEventId",
         failure_reason as "failureReason", failed_at as "failedAt", failed_event_id as "failedEventId"
  from portal.assets where id = $1::uuid or mux_asset_id = $2::text or mux_upload_id = $3::text for update`;

/**
 * The obvious way: Powertools' batch utility hands over each record, its idempotency utility claims the key and
 * completes it on a connection of its own, and the work is a transaction between the two, statement by statement. The
 * decisions and the effects are those of the real processor.
 */
export function makeNaiveHandler(
  records: pg.Pool,
  work: pg.Pool,
  put: PublishEvents = takesEverything,
) {
  const publish = makePublishOutbox({
    publish: put,
    mark: (result) => markResult(work, result, new Date()),
  });
  const applyOnce = makeIdempotent(
    async (envelope: Envelope) => {
      await publish(await inTransaction(work, (db) => apply(db, envelope)));
      return { applied: true };
    },
    {
      persistenceStore: new PostgresPersistenceLayer(async () => records),
      config: new IdempotencyConfig({ eventKeyJmesPath: 'eventId', lambdaContext: context }),
      keyPrefix: 'naive',
    },
  );
  return (batch: readonly SQSRecord[]): Promise<SQSBatchResponse> =>
    processPartialResponse(
      { Records: [...batch] },
      (record: SQSRecord) => applyOnce(fromQueueRecord(record)),
      new BatchProcessor(EventType.SQS),
      { context, throwOnFullBatchFailure: false },
    );
}

export function makeNaive(records: pg.Pool, work: pg.Pool): ProcessBatch {
  const handle = makeNaiveHandler(records, work);
  return async (batch) => (await handle(batch)).batchItemFailures.length;
}

const takesEverything: PublishEvents = async (events) => ({
  published: events.map(({ id }) => id),
  failed: [],
});

export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (db: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client as unknown as Queryable);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

export async function apply(
  db: Queryable,
  { eventId, eventType, body, receivedAt }: Envelope,
): Promise<readonly OutboxEntry[]> {
  const event = parseMuxEvent(eventId, eventType, body);
  if (event === undefined) return [];
  const now = new Date();
  const { portalId, assetId, uploadId } = event.asset;
  const { rows } = await db.query<Asset & pg.QueryResultRow>(FIND_FILM, [
    portalId,
    assetId,
    uploadId,
  ]);
  const [step] = reduceEvents(rows, [event]).effects;
  if (step === undefined) return [];
  const { playbackId, playbackPolicy } = step.after;
  const playback =
    playbackId === null ? {} : { playbackUrl: await playbackUrl(playbackId, playbackPolicy) };
  await updateAssets(db, [{ ...step.after, ...playback }], now);
  const { assetEvent, notifications, outbox } = effectsOf(step, [], now);
  const assetEvents = assetEvent === undefined ? [] : [assetEvent];
  await insertAssetEvents(db, assetEvents);
  await insertNotifications(db, notifications);
  await insertOutboxEntries(db, outbox);
  const effects = { assetEvents: assetEvents.map(({ id }) => id) };
  const entry = {
    source: 'mux',
    eventId,
    type: eventType,
    receivedAt: new Date(receivedAt),
    body,
    effects,
  };
  await recordProcessed(db, [{ ...entry, status: 'processed' }], now);
  return outbox;
}

const mux = new Mux({
  tokenId: '',
  tokenSecret: '',
  jwtSigningKey: playbackKey.keyId,
  jwtPrivateKey: playbackKey.privateKey,
});

async function playbackUrl(playbackId: string, policy: string | null): Promise<string> {
  const url = `https://stream.mux.com/${playbackId}.m3u8`;
  return policy === 'public'
    ? url
    : `${url}?token=${await mux.jwt.signPlaybackId(playbackId, { expiration: '7d' })}`;
}
