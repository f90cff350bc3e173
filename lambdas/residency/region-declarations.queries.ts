import type { Queryable } from '../platform/postgres/database.ts';
import { storableText } from '../platform/storable-text.ts';

/**
 * A region that a document names. Without operator and reason, because the evidence cannot be
 * deleted for years and must not contain personal data.
 */
export interface RegionDeclaration {
  readonly id: string;
  readonly declaredAt: Date;
  readonly provider: string;
  /** `unknown` withdraws an older declaration. */
  readonly region: string;
  readonly document: string;
  /** Number of assets that the declaration names; null for all assets of the provider. */
  readonly assets: number | null;
}

const COLUMNS = `
  declaration as id, declared_at as "declaredAt", provider, region, document,
  nullif(count(asset_id), 0)::integer as assets`;

const IN_FORCE = `
  with newest as (
    select distinct on (provider, asset_id) *
      from portal.region_declarations
     order by provider, asset_id, id desc
  )
  select ${COLUMNS} from newest
   group by declaration, declared_at, provider, region, document
   order by provider, min(id)`;

/** Returns the declarations that no newer one has replaced for all of their assets. */
export async function findDeclarationsInForce(
  db: Queryable,
): Promise<readonly RegionDeclaration[]> {
  return (await db.query<RegionDeclaration & Record<string, unknown>>(IN_FORCE)).rows;
}

export interface RecordedDeclaration extends RegionDeclaration {
  readonly operator: string;
  readonly reason: string;
}

const HISTORY = `
  select ${COLUMNS}, operator, reason from portal.region_declarations
   group by declaration, declared_at, provider, region, document, operator, reason
   order by min(id) desc
   limit $1::integer`;

export async function findDeclarations(
  db: Queryable,
  limit: number,
): Promise<readonly RecordedDeclaration[]> {
  const { rows } = await db.query<RecordedDeclaration & Record<string, unknown>>(HISTORY, [limit]);
  return rows;
}

export interface NewDeclaration {
  readonly id: string;
  readonly declaredAt: Date;
  readonly operator: string;
  readonly provider: string;
  readonly region: string;
  readonly document: string;
  readonly reason: string;
  /** Null for all assets of the provider. */
  readonly assetIds: readonly string[] | null;
}

const INSERT = `
  insert into portal.region_declarations
    (declaration, declared_at, operator, provider, asset_id, region, document, reason)
  select $1::uuid, $2::timestamptz, $3::text, $4::text, asset_id, $6::text, $7::text, $8::text
    from unnest($5::uuid[]) as asset_id`;

export async function insertDeclaration(db: Queryable, given: NewDeclaration): Promise<void> {
  const { id, declaredAt, operator, provider, region, document, reason, assetIds } = given;
  await db.query(INSERT, [
    id,
    declaredAt,
    operator,
    provider,
    assetIds ?? [null],
    region,
    storableText(document),
    storableText(reason),
  ]);
}

/** A declaration as both the table and the audit log hold it. */
interface DeclarationFields {
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly document: string;
  readonly operator: string;
  readonly reason: string;
  /** Sorted ids, separated by commas; null for all assets of the provider. */
  readonly assets: string | null;
}

export interface StoredDeclaration extends DeclarationFields {
  readonly declaredAt: Date;
}

export interface AuditedDeclaration extends DeclarationFields {
  readonly at: Date;
}

const STORED = `
  select declaration as id, declared_at as "declaredAt", provider, region, document, operator,
         reason, string_agg(asset_id::text, ',' order by asset_id::text) as assets
    from portal.region_declarations
   group by declaration, declared_at, provider, region, document, operator, reason
   order by min(id)`;

/** Returns every declaration, in the order in which they were inserted. */
export async function findStoredDeclarations(db: Queryable): Promise<readonly StoredDeclaration[]> {
  return (await db.query<StoredDeclaration & Record<string, unknown>>(STORED)).rows;
}

// The result of a command that failed or was a dry run names no declaration.
const AUDITED = `
  select result ->> 'declaration' as id, at, operator, reason,
         arguments ->> 'provider' as provider, arguments ->> 'region' as region,
         arguments ->> 'document' as document,
         (select string_agg(distinct asset, ',' order by asset)
            from string_to_table(arguments ->> 'assets', ',') as asset) as assets
    from portal.operator_actions
   where command = 'residency declare' and result ? 'declaration'
   order by position`;

export async function findAuditedDeclarations(
  db: Queryable,
): Promise<readonly AuditedDeclaration[]> {
  return (await db.query<AuditedDeclaration & Record<string, unknown>>(AUDITED)).rows;
}

const OLDEST_RECORD = `
  select at, position::integer as position from portal.operator_actions
   where position is not null
   order by position
   limit 1`;

/** Returns the time of the oldest record if older ones were pruned. */
export async function findPruneOfAuditLog(db: Queryable): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date; position: number }>(OLDEST_RECORD);
  const [oldest] = rows;
  return oldest !== undefined && oldest.position > 1 ? oldest.at : undefined;
}

const STORED_BY_PROVIDER = `
  select storage_provider as provider, count(*)::integer as assets from portal.assets
   where status in ('processing', 'ready', 'failed')
   group by 1 order by 1`;

export async function countAssetsByProvider(
  db: Queryable,
): Promise<readonly { readonly provider: string; readonly assets: number }[]> {
  return (await db.query<{ provider: string; assets: number }>(STORED_BY_PROVIDER)).rows;
}

const ASSETS_OF_PROVIDER = `
  select id from portal.assets where id = any($1::uuid[]) and storage_provider = $2::text`;

/** Returns the ids that are no asset of this provider. */
export async function findForeignAssets(
  db: Queryable,
  assetIds: readonly string[],
  provider: string,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(ASSETS_OF_PROVIDER, [assetIds, provider]);
  const own = new Set(rows.map(({ id }) => id));
  return assetIds.filter((id) => !own.has(id));
}
