import type pg from 'pg';

/** Makes Postgres reject every change of this asset's history with this SQLSTATE. */
export async function rejectAssetEvents(
  pool: pg.Pool,
  assetId: string,
  sqlState: string,
): Promise<void> {
  await pool.query(`
    create or replace function portal.reject_on_purpose() returns trigger language plpgsql as
      $$ begin raise exception 'rejected on purpose' using errcode = '${sqlState}'; end $$;
    create trigger reject_on_purpose before insert on portal.asset_events
      for each row when (new.asset_id = '${assetId}')
      execute function portal.reject_on_purpose()`);
}

export async function acceptAssetEvents(pool: pg.Pool): Promise<void> {
  await pool.query('drop trigger if exists reject_on_purpose on portal.asset_events');
}
