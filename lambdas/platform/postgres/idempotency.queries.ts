import { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Queryable } from './database.ts';

/**
 * Claims a key that is free, expired, or past the deadline of its claimant. Otherwise returns the
 * holder's record. Returns no row if the holder committed after this statement's snapshot; a retry
 * then sees its row. The times come from the client, because Powertools compares them with the
 * client's clock.
 */
const CLAIM = `
  with claim as (
    insert into portal.idempotency_records as held
      (id, status, expiry, in_progress_expiry, payload_hash)
    values ($1::text, $2::text, $3::bigint, $4::bigint, $5::text)
    on conflict (id) do update
       set status = excluded.status, expiry = excluded.expiry,
           in_progress_expiry = excluded.in_progress_expiry,
           payload_hash = excluded.payload_hash, response = null
     where held.expiry < $6::float8 / 1000
        or (held.status = 'INPROGRESS' and held.in_progress_expiry < $6::float8)
    returning true
  )
  select true as claimed, null as status, null::bigint as expiry,
         null::bigint as in_progress_expiry, null as payload_hash, null as response
  from claim
  union all
  select false, status, expiry, in_progress_expiry, payload_hash, response
  from portal.idempotency_records
  where id = $1::text and not exists (select from claim)`;

/**
 * Claims many keys at once as completed: they commit together with their effects or not at all.
 * Sorts the keys, so that transactions with common keys wait for each other and never deadlock.
 */
const CLAIM_COMPLETED = `
  insert into portal.idempotency_records as held (id, status, expiry)
  select key, 'COMPLETED', $2::bigint from unnest($1::text[]) as key order by key collate "C"
  on conflict (id) do update
     set status = excluded.status, expiry = excluded.expiry, in_progress_expiry = null,
         payload_hash = null, response = null
   where held.expiry < $3::float8 / 1000
      or (held.status = 'INPROGRESS' and held.in_progress_expiry < $3::float8)
  returning id`;

const COMPLETE = `
  update portal.idempotency_records
  set status = 'COMPLETED', expiry = $3::bigint, response = $4::text,
      payload_hash = coalesce($5::text, payload_hash)
  where id = $1::text and status = $2::text`;

const RELEASE = `
  delete from portal.idempotency_records where id = $1::text and status = 'INPROGRESS'`;

const FIND = `
  select status, expiry, in_progress_expiry, payload_hash, response
  from portal.idempotency_records where id = $1::text`;

interface Row {
  readonly status: 'INPROGRESS' | 'COMPLETED';
  // The driver returns bigint as text.
  readonly expiry: string;
  readonly in_progress_expiry: string | null;
  readonly payload_hash: string | null;
  readonly response: string | null;
}

type ClaimRow = ({ readonly claimed: true } | ({ readonly claimed: false } & Row)) &
  Record<string, unknown>;

export type RecordStatus = Row['status'];

// After a wait, a claim can lose the freed key to another waiter. Five losses in a row are no
// coincidence.
const CLAIM_ATTEMPTS = 5;

/** Claims the record's key. Returns undefined on success, otherwise the holder's record. */
export async function claimKey(
  db: Queryable,
  record: IdempotencyRecord,
  status: RecordStatus,
): Promise<IdempotencyRecord | undefined> {
  const { idempotencyKey, expiryTimestamp, inProgressExpiryTimestamp, payloadHash } = record;
  for (let attempt = 1; attempt <= CLAIM_ATTEMPTS; attempt += 1) {
    const { rows } = await db.query<ClaimRow>(CLAIM, [
      idempotencyKey,
      status,
      expiryTimestamp,
      wholeMilliseconds(inProgressExpiryTimestamp),
      payloadHash || null,
      Date.now(),
    ]);
    const [row] = rows;
    if (row?.claimed === true) return undefined;
    if (row !== undefined) return toRecord(idempotencyKey, row);
  }
  throw new Error(`Failed to claim the idempotency key in ${CLAIM_ATTEMPTS} attempts.`);
}

/** Rounds up a deadline, because the remaining time of a caller may have fractions. */
const wholeMilliseconds = (timestamp: number | undefined): number | null =>
  timestamp === undefined ? null : Math.ceil(timestamp);

/**
 * Claims the free keys and returns them.
 * @param expiry in epoch seconds
 */
export async function claimCompletedKeys(
  db: Queryable,
  keys: readonly string[],
  expiry: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(CLAIM_COMPLETED, [keys, expiry, Date.now()]);
  return new Set(rows.map(({ id }) => id));
}

/** @throws if another caller holds the key by now, whose result must not be overwritten. */
export async function completeKey(
  db: Queryable,
  record: IdempotencyRecord,
  claimedAs: RecordStatus,
): Promise<void> {
  const { idempotencyKey, expiryTimestamp, payloadHash, responseData } = record;
  // Stored as text, with SQL null for undefined, so that every JSON value is read back unchanged.
  const response = responseData === undefined ? null : JSON.stringify(responseData);
  const values = [idempotencyKey, claimedAs, expiryTimestamp, response, payloadHash || null];
  const { rowCount } = await db.query(COMPLETE, values);
  if (rowCount !== 1)
    throw new Error('Another caller claimed the idempotency key before its work was completed.');
}

export async function releaseKey(db: Queryable, key: string): Promise<void> {
  await db.query(RELEASE, [key]);
}

export async function findKey(db: Queryable, key: string): Promise<IdempotencyRecord | undefined> {
  const { rows } = await db.query<Row & Record<string, unknown>>(FIND, [key]);
  return rows[0] && toRecord(key, rows[0]);
}

function toRecord(idempotencyKey: string, row: Row): IdempotencyRecord {
  return new IdempotencyRecord({
    idempotencyKey,
    status: row.status,
    expiryTimestamp: Number(row.expiry),
    ...(row.in_progress_expiry === null
      ? {}
      : { inProgressExpiryTimestamp: Number(row.in_progress_expiry) }),
    ...(row.payload_hash === null ? {} : { payloadHash: row.payload_hash }),
    ...(row.response === null ? {} : { responseData: JSON.parse(row.response) }),
  });
}
