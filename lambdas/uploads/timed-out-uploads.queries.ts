import type { Queryable } from '../platform/postgres/database.ts';

export interface TimedOutUpload {
  readonly assetId: string;
  readonly ownerId: string | null;
  readonly title: string | null;
  readonly muxUploadId: string;
  /** Time at which the upload URL expired. */
  readonly expiredAt: Date;
}

export interface TimedOutSelection {
  /** Cancels uploads whose URL expired before this time. */
  readonly expiredBefore: Date;
  readonly reason: string;
  readonly limit: number;
}

/**
 * Expiry of an upload's URL. Rows that are older than the column have URLs of one hour. A URL lives
 * for at least a minute, which bounds the range of the index on created_at.
 */
const EXPIRES_AT = `coalesce(upload_expires_at, created_at + interval '1 hour')`;
const isDue = (parameter: string) => `
  status = 'awaiting-upload' and mux_upload_id is not null
       and created_at < ${parameter}::timestamptz - interval '1 minute'
       and ${EXPIRES_AT} < ${parameter}::timestamptz`;

/**
 * Cancels uploads whose URL has expired, oldest first, and records the change in their history. A
 * row that an event locks is left to the next run.
 */
const CANCEL = `
  with due as materialized (
    select id from portal.assets
     where ${isDue('$1')}
     order by created_at, id limit $2::integer for update skip locked
  ), cancelled as (
    update portal.assets as asset
       set status = 'cancelled',
           status_at = ${EXPIRES_AT},
           failure_reason = $3::text,
           failed_at = ${EXPIRES_AT},
           end_announced_at = coalesce(asset.end_announced_at, $4::timestamptz),
           updated_at = $4::timestamptz
      from due
     where asset.id = due.id and asset.status = 'awaiting-upload'
    returning asset.id, asset.owner_id, asset.title, asset.mux_upload_id, asset.status_at
  ), history as (
    insert into portal.asset_events
      (id, asset_id, source, event_id, type, from_status, to_status, applied, occurred_at,
       recorded_at)
    select gen_random_uuid(), id, 'clean-up-assets', mux_upload_id, 'upload.timed-out',
           'awaiting-upload', 'cancelled', true, status_at, $4::timestamptz
      from cancelled
        on conflict (source, event_id) do nothing
  )
  select id as "assetId", owner_id as "ownerId", title, mux_upload_id as "muxUploadId",
         status_at as "expiredAt"
    from cancelled
   order by status_at, id`;

export async function cancelTimedOutUploads(
  db: Queryable,
  { expiredBefore, reason, limit }: TimedOutSelection,
  now: Date,
): Promise<readonly TimedOutUpload[]> {
  const values = [expiredBefore, limit, reason, now];
  return (await db.query<TimedOutUpload & Record<string, unknown>>(CANCEL, values)).rows;
}

const COUNT = `
  select count(*)::integer as due
    from portal.assets
   where ${isDue('$1')}`;

/** Counts uploads that a run did not cancel: it had no time left, or the rows were locked. */
export async function countTimedOutUploads(db: Queryable, expiredBefore: Date): Promise<number> {
  const { rows } = await db.query<{ due: number }>(COUNT, [expiredBefore]);
  return rows[0]?.due ?? 0;
}

const REMOVE_URLS = `
  with due as materialized (
    select id from portal.assets
     where playback_url_expires_at is not null and playback_url_expires_at <= $1::timestamptz
     order by playback_url_expires_at limit $2::integer for update skip locked
  )
  update portal.assets as asset
     set playback_url = null, playback_url_expires_at = null, updated_at = $1::timestamptz
    from due
   where asset.id = due.id`;

/** Removes playback URLs that no longer play. @returns the number of removed URLs. */
export async function removeExpiredPlaybackUrls(
  db: Queryable,
  now: Date,
  limit: number,
): Promise<number> {
  return (await db.query(REMOVE_URLS, [now, limit])).rowCount ?? 0;
}
