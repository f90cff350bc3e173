import type pg from 'pg';
import { insertAssetEvents } from '../../lambdas/assets/asset-events.queries.ts';
import { type Asset, updateAssets } from '../../lambdas/assets/assets.queries.ts';
import { insertNotifications } from '../../lambdas/notifications/notifications.queries.ts';
import { insertOutboxEntries, type OutboxEntry } from '../../lambdas/outbox/outbox.queries.ts';
import { systemClock } from '../../lambdas/platform/clock.ts';
import { readEnv } from '../../lambdas/platform/env.ts';
import type { Queryable } from '../../lambdas/platform/postgres/database.ts';
import { effectsOf } from '../../lambdas/providers/mux/effects.ts';
import { parseMuxEvent } from '../../lambdas/providers/mux/events.ts';
import { importPlaybackKey, makeSignPlayback } from '../../lambdas/providers/mux/playback-url.ts';
import { reduceEvents } from '../../lambdas/providers/mux/reduce-events.ts';
import type { Envelope } from '../../lambdas/webhooks/envelope.ts';
import { recordProcessed } from '../../lambdas/webhooks/webhook-events.queries.ts';

const { PLAYBACK_KEY } = readEnv(['PLAYBACK_KEY']);
const key = importPlaybackKey(PLAYBACK_KEY);
const signPlayback = makeSignPlayback(async () => key, 168, systemClock);

const LOCK_ASSET = `
  select * from portal.assets
  where id = $1::uuid or mux_asset_id = $2::text or mux_upload_id = $3::text
  for update`;

/** Applies one event statement by statement, with the decisions and effects of the product. */
export async function applyEvent(
  db: Queryable,
  { provider, eventId, eventType, body, receivedAt }: Omit<Envelope, 'replay'>,
): Promise<readonly OutboxEntry[]> {
  const event = parseMuxEvent(eventId, eventType, body);
  if (event === undefined) return [];
  const now = new Date();
  const names = [event.asset.portalId, event.asset.assetId, event.asset.uploadId];
  const { rows } = await db.query(LOCK_ASSET, names);
  const [effect] = reduceEvents(rows.map(toAsset), [event]).effects;
  if (effect === undefined) return [];
  const { playbackId } = effect.after;
  const playback = playbackId === null ? undefined : await signPlayback(playbackId, 'signed');
  await updateAssets(db, [{ ...effect.after, playbackUrl: playback?.url ?? null }], now);
  const { assetEvent, notifications, outbox } = effectsOf(effect, [], now);
  const assetEvents = assetEvent === undefined ? [] : [assetEvent];
  await insertAssetEvents(db, assetEvents);
  await insertNotifications(db, notifications);
  await insertOutboxEntries(db, outbox);
  const entry = { source: provider, eventId, type: eventType, body };
  const effects = { assetEvents: assetEvents.map(({ id }) => id) };
  const received = { ...entry, receivedAt: new Date(receivedAt), effects };
  await recordProcessed(db, [{ ...received, status: 'processed' }], now);
  return outbox;
}

/** Renames columns: `mux_asset_id` becomes `muxAssetId`. */
function toAsset(row: pg.QueryResultRow): Asset {
  const toCamelCase = (_: string, letter: string) => letter.toUpperCase();
  const columns = Object.entries(row);
  return Object.fromEntries(
    columns.map(([name, value]) => [name.replaceAll(/_(.)/g, toCamelCase), value]),
  ) as unknown as Asset;
}
