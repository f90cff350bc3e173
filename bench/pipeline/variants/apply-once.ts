import pg from 'pg';
import { readEnv } from '../../../lambdas/platform/env.ts';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import { statementName } from '../../../lambdas/platform/postgres/statement-name.ts';
import { apply, inTransaction } from '../../processor/naive.ts';
import type { Job } from '../receiving.ts';

const CLAIM = `
  insert into portal.idempotency_records (id, status, expiry) values ($1::text, 'COMPLETED', $2::bigint)
  on conflict (id) do nothing`;

const RECORD_SECONDS = 30 * 86_400;

/** As many jobs as are applied at once. */
export const CONCURRENCY = 8;

export const openPool = (max = CONCURRENCY) => {
  const pool = new pg.Pool({ connectionString: readEnv(['DATABASE_URL']).DATABASE_URL, max });
  pool.on('error', () => {});
  return pool;
};

/**
 * Exactly once, the usual way: the key is claimed in the transaction of the effects, which are those of naive. Nothing
 * is published; what is in the outbox is left to a relay.
 */
export async function applyOnce(pool: pg.Pool, job: Job): Promise<void> {
  await inTransaction(pool, async (client) => {
    const db = keepingStatements(client);
    const expiry = Math.floor(Date.now() / 1000) + RECORD_SECONDS;
    const { rowCount } = await db.query(CLAIM, [`${job.provider}#${job.eventId}`, expiry]);
    if (rowCount === 1) await apply(db, job);
  });
}

/** The server plans each statement once for each connection, as for ours. */
function keepingStatements(client: Queryable): Queryable {
  const { query } = client as unknown as pg.PoolClient;
  const send = query.bind(client) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
  return {
    query: (text, values = []) =>
      send({ name: statementName(text), text, values: [...values] }) as never,
  };
}
