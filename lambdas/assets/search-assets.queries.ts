import type { Queryable } from '../platform/postgres/database.ts';
import type { AssetEvent } from './asset-events.queries.ts';
import { type Asset, assetColumns } from './assets.queries.ts';

/** The index on `id` is used, because the text is compared as a UUID if it has that form. */
const FIND = `
  select ${assetColumns}
  from portal.assets
  where id = case when $1::text ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
                  then $1::uuid end
     or mux_asset_id = $1::text or mux_upload_id = $1::text
  order by owner_id is null, id`;

/** Finds rows by the portal's id, or by an asset id or upload id of Mux. */
export async function findAssets(db: Queryable, id: string): Promise<readonly Asset[]> {
  return (await db.query<Asset & Record<string, unknown>>(FIND, [id])).rows;
}

export type HistoryEntry = Pick<
  AssetEvent,
  'source' | 'eventId' | 'type' | 'fromStatus' | 'toStatus' | 'applied' | 'occurredAt'
>;

const HISTORY = `
  select source, event_id as "eventId", type, from_status as "fromStatus",
         to_status as "toStatus", applied, occurred_at as "occurredAt"
  from portal.asset_events
  where asset_id = $1::uuid
  order by occurred_at desc, event_id desc
  limit $2::int`;

/** Lists the newest events of an asset, newest first. */
export async function listHistory(
  db: Queryable,
  assetId: string,
  limit: number,
): Promise<readonly HistoryEntry[]> {
  const values = [assetId, limit];
  return (await db.query<HistoryEntry & Record<string, unknown>>(HISTORY, values)).rows;
}
