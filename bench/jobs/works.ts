import type pg from 'pg';
import { makePrune } from '../../lambdas/retention/prune.ts';
import { makeExpireShareLinks } from '../../lambdas/share-links/expire-share-links.ts';
import { startProxy } from '../processor/delay-proxy.ts';
import { DUE } from './rows.ts';
import { type Watched, watchRun } from './watched-run.ts';

/** One way to do a job's work. */
export interface Work {
  readonly what: string;
  readonly database: 'links' | 'events';
  /** @throws when it did not do all of it. */
  run(url: string, rows: number): Promise<Watched>;
}

const job = { scheduledAt: DUE, remainingMs: () => 3_600_000 };

/** The job as it is deployed, until nothing is left. */
export async function expire(pool: pg.Pool): Promise<void> {
  const run = makeExpireShareLinks({
    ...{ pool: async () => pool, digest: false, now: () => new Date() },
    job: { name: 'expire-share-links', timeoutSeconds: 600 },
  });
  // What the other writer has in its hands is left to the next run.
  while ((await run(job)).LinksRemaining !== 0);
}

async function prune(pool: pg.Pool): Promise<void> {
  const retention = { webhookBodies: 90, webhookEvents: 400, outbox: 30, jobRuns: 90 };
  const run = makePrune({ pool: async () => pool, retention });
  while ((await run(job)).BodiesPruned !== 0);
}

export const UPDATE_LINKS = `
  update portal.share_links set status = 'expired', expired_at = now()
   where status = 'active' and expires_at < $1::timestamptz`;

export const REVOKE_TOKENS = `
  update portal.share_link_tokens as token set revoked_at = now()
    from portal.share_links as link
   where link.id = token.share_link_id and link.status = 'expired' and token.revoked_at is null`;

const REMOVE_BODIES = `
  update portal.webhook_events set body = null
   where body is not null and received_at < $1::timestamptz - interval '90 days'`;

const DELETE_RECORDS = `delete from portal.idempotency_records where expiry < extract(epoch from $1::timestamptz)`;

const writeToLink = (rows: number) => `
  update portal.share_links set label = 'Looked at' where id = md5('link ' || floor($1::float8 * ${rows}))::uuid`;

const writeToEvent = (rows: number) => `
  update portal.webhook_events set updated_at = now()
   where source = 'mux' and event_id = 'event-' || floor($1::float8 * ${rows})`;

const LINKS_DONE = `
  select (select count(*)::int from portal.share_links where status = 'expired') as links,
         (select count(*)::int from portal.share_link_tokens where revoked_at is not null) as tokens,
         (select coalesce(sum((params ->> 'total')::int), 0)::int from portal.notifications) as mailed,
         (select coalesce(sum(jsonb_array_length(detail -> 'links')), 0)::int from portal.outbox
           where type = 'share_link.expired') as announced`;

const EVENTS_DONE = `
  select (select count(*)::int from portal.webhook_events where body is null) as bodies,
         (select $1::int - count(*)::int from portal.idempotency_records) as records`;

const expireLinks = linkWork(
  'expire-share-links',
  ['links', 'tokens', 'mailed', 'announced'],
  expire,
);

export const works: Readonly<Record<string, Work>> = {
  'one update': linkWork('one UPDATE of the links alone', ['links'], (pool) =>
    pool.query(UPDATE_LINKS, [DUE]),
  ),
  'same effects': linkWork(
    'one UPDATE of the links, one of the tokens',
    ['links', 'tokens'],
    (pool) =>
      atOnce(pool, [
        [UPDATE_LINKS, [DUE]],
        [REVOKE_TOKENS, []],
      ]),
  ),
  expire: expireLinks,
  'expire +5 ms': {
    what: 'expire-share-links, Postgres 5 ms further away for it and for the other writer',
    database: 'links',
    run: (url, rows) => fromAfar(url, 5, (far) => expireLinks.run(far, rows)),
  },
  'prune at once': eventWork('one UPDATE of the events, one DELETE of the records', (pool) =>
    atOnce(pool, [
      [REMOVE_BODIES, [DUE]],
      [DELETE_RECORDS, [DUE]],
    ]),
  ),
  prune: eventWork('prune', prune),
};

function linkWork(
  what: string,
  effects: readonly string[],
  run: (pool: pg.Pool) => Promise<unknown>,
): Work {
  return {
    ...{ what, database: 'links' },
    async run(url, rows) {
      return watchRun(url, writeToLink(rows), async (pool) => {
        await run(pool);
        return () => assertDone(pool, LINKS_DONE, [], effects, rows);
      });
    },
  };
}

function eventWork(what: string, run: (pool: pg.Pool) => Promise<unknown>): Work {
  return {
    ...{ what, database: 'events' },
    async run(url, rows) {
      return watchRun(url, writeToEvent(rows), async (pool) => {
        await run(pool);
        return () => assertDone(pool, EVENTS_DONE, [rows], ['bodies', 'records'], rows);
      });
    },
  };
}

async function fromAfar<Result>(
  url: string,
  ms: number,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const proxy = await startProxy(url, ms);
  try {
    return await work(proxy.url);
  } finally {
    proxy.stop();
  }
}

async function atOnce(
  pool: pg.Pool,
  statements: readonly (readonly [string, unknown[]])[],
): Promise<void> {
  const client = await pool.connect();
  await client.query('begin');
  for (const [statement, values] of statements) await client.query(statement, values);
  await client.query('commit');
  client.release();
}

/** A time counts only for work that was done. */
async function assertDone(
  pool: pg.Pool,
  statement: string,
  values: unknown[],
  effects: readonly string[],
  rows: number,
) {
  const done = (await pool.query<Record<string, number>>(statement, values)).rows[0] ?? {};
  for (const effect of effects)
    if (done[effect] !== rows) throw new Error(`Not all is done: ${JSON.stringify(done)}`);
}
