import type pg from 'pg';

/**
 * Makes Postgres reject every insert and update of a table with this SQLSTATE.
 * @returns a function that repairs the table; calling it again does nothing.
 */
export async function failStatements(
  pool: pg.Pool,
  table: string,
  sqlState: string,
): Promise<() => Promise<unknown>> {
  const name = 'fail_on_purpose';
  await pool.query(`
    create or replace function portal.${name}() returns trigger language plpgsql as
      $$ begin raise exception 'failed on purpose' using errcode = '${sqlState}'; end $$;
    create trigger ${name} before insert or update on ${table}
      for each statement execute function portal.${name}()`);
  return () => pool.query(`drop trigger if exists ${name} on ${table}`);
}
