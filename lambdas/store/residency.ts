import type { StorageGroup } from '../residency/summarize.ts';
import type { Queryable } from './database.ts';

// An upload that never came, or a deleted asset, is stored nowhere. Of a failed one the file may still be.
const STORED = `status in ('processing', 'ready', 'failed')`;

const GROUPS = `
  select storage_provider as provider, nullif(trim(storage_region), '') as region,
         count(*)::integer as assets, coalesce(sum(bytes), 0)::float8 as bytes,
         count(*) filter (where bytes is null)::integer as "assetsWithoutBytes",
         round(coalesce(sum(duration_seconds), 0)::numeric)::float8 as "durationSeconds",
         count(*) filter (where created_at >= $1::timestamptz and created_at < $2::timestamptz)::integer as "addedInWeek"
    from portal.assets
   where ${STORED}
   group by 1, 2
   order by 1, 2`;

export async function groupStorage(db: Queryable, from: Date, to: Date): Promise<readonly StorageGroup[]> {
  const { rows } = await db.query<StorageGroup & Record<string, unknown>>(GROUPS, [from, to]);
  return rows;
}

/** Ids and no titles or owners: the evidence cannot be deleted for years, and names of people do not belong into it. */
export interface MisplacedAsset {
  readonly assetId: string;
  readonly provider: string;
  readonly region: string;
  readonly bytes: number | null;
}

const MISPLACED = `
  select id as "assetId", storage_provider as provider, trim(storage_region) as region, bytes::float8 as bytes
    from portal.assets
   where ${STORED} and trim(storage_region) <> '' and trim(storage_region) <> all($1::text[])
   order by storage_provider, storage_region, id
   limit $2::integer`;

export async function findMisplaced(
  db: Queryable,
  allowedRegions: readonly string[],
  limit: number,
): Promise<readonly MisplacedAsset[]> {
  const { rows } = await db.query<MisplacedAsset & Record<string, unknown>>(MISPLACED, [allowedRegions, limit]);
  return rows;
}

export interface HeldBodies {
  readonly source: string;
  readonly events: number;
  readonly bodies: number;
  readonly bytes: number;
  /** When the oldest body that is still held came. */
  readonly oldest: Date | null;
}

const HELD_BODIES = `
  select source, count(*)::integer as events, count(body)::integer as bodies,
         coalesce(sum(octet_length(body)), 0)::float8 as bytes, min(received_at) filter (where body is not null) as oldest
    from portal.webhook_events
   group by source
   order by source`;

export async function countHeldBodies(db: Queryable): Promise<readonly HeldBodies[]> {
  const { rows } = await db.query<HeldBodies & Record<string, unknown>>(HELD_BODIES);
  return rows;
}
