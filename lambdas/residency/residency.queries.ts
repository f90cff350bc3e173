import type pg from 'pg';
import type { Queryable } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import type { StorageGroup } from './summarize.ts';

// Assets with other statuses have no file: it was never uploaded, or it was deleted. The file of a
// failed asset may still exist.
const STORED = `status in ('processing', 'ready', 'failed')`;

const GROUPS = `
  select storage_provider as provider, nullif(trim(storage_region), '') as region,
         count(*)::integer as assets, coalesce(sum(bytes), 0)::float8 as bytes,
         count(*) filter (where bytes is null)::integer as "assetsWithoutBytes",
         round(coalesce(sum(duration_seconds), 0)::numeric)::float8 as "durationSeconds",
         count(*) filter (where duration_seconds is null)::integer as "assetsWithoutDuration",
         count(*) filter (
           where created_at >= $1::timestamptz and created_at < $2::timestamptz
         )::integer as "addedInWeek"
    from portal.assets
   where ${STORED}
   group by 1, 2
   order by 1, 2`;

/**
 * Asset outside the allowed regions. Contains no title or owner, because the evidence cannot be
 * deleted for years and must not contain personal data.
 */
export interface MisplacedAsset {
  readonly assetId: string;
  readonly provider: string;
  readonly region: string;
  readonly bytes: number | null;
}

const MISPLACED = `
  select id as "assetId", storage_provider as provider, trim(storage_region) as region,
         bytes::float8 as bytes
    from portal.assets
   where ${STORED}
     and trim(storage_region) <> '' and trim(storage_region) <> all($1::text[])
   order by storage_provider, storage_region, id
   limit $2::integer`;

// Reads totals and list from one snapshot; separate reads could contradict each other.
const ONE_SNAPSHOT = `set transaction isolation level repeatable read, read only`;

export interface StorageSelection {
  /** Start of the week whose new assets are counted. */
  readonly from: Date;
  readonly to: Date;
  readonly allowedRegions: readonly string[];
  /** Maximum number of misplaced assets. */
  readonly limit: number;
}

export interface StoredAssets {
  readonly groups: readonly StorageGroup[];
  readonly misplaced: readonly MisplacedAsset[];
}

/** Adds up assets by provider and region, and lists those outside the allowed regions. */
export function readStorage(
  pool: pg.Pool,
  { from, to, allowedRegions, limit }: StorageSelection,
): Promise<StoredAssets> {
  return inTransaction(pool, async (tx) => {
    const [, groups, misplaced] = await Promise.all([
      tx.query(ONE_SNAPSHOT),
      tx.query<StorageGroup & Record<string, unknown>>(GROUPS, [from, to]),
      tx.query<MisplacedAsset & Record<string, unknown>>(MISPLACED, [allowedRegions, limit]),
    ]);
    return { groups: groups.rows, misplaced: misplaced.rows };
  });
}

export interface StoredBodies {
  readonly source: string;
  readonly events: number;
  readonly bodies: number;
  readonly bytes: number;
  /** Time at which the oldest stored body was received. */
  readonly oldest: Date | null;
}

const ID_RANGE = `
  select min(id)::float8 as first, max(id)::float8 as last from portal.webhook_events`;

const STORED_BODIES = `
  select source, count(*)::integer as events, count(body)::integer as bodies,
         coalesce(sum(octet_length(body)), 0)::float8 as bytes,
         min(received_at) filter (where body is not null) as oldest
    from portal.webhook_events
   where id >= $1::bigint and id < $2::bigint
   group by source`;

/**
 * Counts events and stored bodies of each provider, in ranges of ids. A year of events has
 * gigabytes, for which one statement would exceed its timeout.
 */
export async function countStoredBodies(
  db: Queryable,
  idsPerQuery = 200_000,
): Promise<readonly StoredBodies[]> {
  const { rows } = await db.query<{ first: number | null; last: number | null }>(ID_RANGE);
  const { first, last } = rows[0] ?? {};
  const totals = new Map<string, StoredBodies>();
  for (let from = first ?? 0; from <= (last ?? -1); from += idsPerQuery) {
    const range = await db.query<StoredBodies & Record<string, unknown>>(STORED_BODIES, [
      from,
      from + idsPerQuery,
    ]);
    for (const row of range.rows) totals.set(row.source, add(row, totals.get(row.source)));
  }
  return [...totals.values()].sort((one, other) => (one.source < other.source ? -1 : 1));
}

function add(one: StoredBodies, other: StoredBodies | undefined): StoredBodies {
  if (other === undefined) return one;
  const oldest = [one.oldest, other.oldest]
    .filter((at) => at !== null)
    .sort((a, b) => a.getTime() - b.getTime())[0];
  return {
    source: one.source,
    events: one.events + other.events,
    bodies: one.bodies + other.bodies,
    bytes: one.bytes + other.bytes,
    oldest: oldest ?? null,
  };
}
