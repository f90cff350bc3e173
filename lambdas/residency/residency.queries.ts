import type pg from 'pg';
import type { Queryable } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { findDeclarationsInForce, type RegionDeclaration } from './region-declarations.queries.ts';
import type { RegionBasis, StorageGroup } from './summarize.ts';

// Assets with other statuses have no file: it was never uploaded, or it was deleted. The file of a
// failed asset may still exist.
const STORED = `status in ('processing', 'ready', 'failed')`;

// The provider's answer wins over a declaration, and a declaration for one asset wins over one for
// all assets of the provider. The newest declaration of a scope counts.
const LOCATED = `
  with declaration as (
    select distinct on (provider, asset_id) provider, asset_id, region
      from portal.region_declarations
     order by provider, asset_id, id desc
  ), located as (
    select asset.id, asset.storage_provider as provider, asset.bytes, asset.duration_seconds,
           asset.created_at, nullif(trim(asset.storage_region), '') as reported,
           nullif(coalesce(own.region, whole.region), 'unknown') as declared
      from portal.assets as asset
      left join declaration as own
        on own.asset_id = asset.id and own.provider = asset.storage_provider
      left join declaration as whole
        on whole.asset_id is null and whole.provider = asset.storage_provider
     where ${STORED}
  )`;

const GROUPS = `${LOCATED}
  select provider, coalesce(reported, declared) as region,
         case when reported is not null then 'reported'
              when declared is not null then 'declared' else 'unknown' end as basis,
         count(*)::integer as assets, coalesce(sum(bytes), 0)::float8 as bytes,
         count(*) filter (where bytes is null)::integer as "assetsWithoutBytes",
         round(coalesce(sum(duration_seconds), 0)::numeric)::float8 as "durationSeconds",
         count(*) filter (where duration_seconds is null)::integer as "assetsWithoutDuration",
         count(*) filter (
           where created_at >= $1::timestamptz and created_at < $2::timestamptz
         )::integer as "addedInWeek",
         count(*) filter (where reported <> declared)::integer as contradicted
    from located
   group by 1, 2, 3
   order by 1, 2, 3`;

/**
 * Asset outside the allowed regions. Contains no title or owner, because the evidence cannot be
 * deleted for years and must not contain personal data.
 */
export interface MisplacedAsset {
  readonly assetId: string;
  readonly provider: string;
  readonly region: string;
  readonly basis: RegionBasis;
  readonly bytes: number | null;
}

const MISPLACED = `${LOCATED}
  select id as "assetId", provider, coalesce(reported, declared) as region,
         case when reported is null then 'declared' else 'reported' end as basis,
         bytes::float8 as bytes
    from located
   where coalesce(reported, declared) <> all($1::text[])
   order by provider, 3, id
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
  readonly declarations: readonly RegionDeclaration[];
}

/** Adds up assets by provider and region, and lists those outside the allowed regions. */
export function readStorage(
  pool: pg.Pool,
  { from, to, allowedRegions, limit }: StorageSelection,
): Promise<StoredAssets> {
  return inTransaction(pool, async (tx) => {
    const [, groups, misplaced, declarations] = await Promise.all([
      tx.query(ONE_SNAPSHOT),
      tx.query<StorageGroup & Record<string, unknown>>(GROUPS, [from, to]),
      tx.query<MisplacedAsset & Record<string, unknown>>(MISPLACED, [allowedRegions, limit]),
      findDeclarationsInForce(tx),
    ]);
    return { groups: groups.rows, misplaced: misplaced.rows, declarations };
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
