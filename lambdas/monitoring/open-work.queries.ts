import type { Queryable } from '../platform/postgres/database.ts';
import type { OpenWork } from './open-work.ts';

/** Bounds the time of a count: an operator needs no exact number beyond a thousand. */
export const MAX_COUNT = 1_000;

const upTo = (name: string, table: string, condition: string) => `
  (select count(*)::int
     from (select from ${table} where ${condition} limit ${MAX_COUNT}) as found) as "${name}"`;

const NEWEST_RUNS = `
  select newest.status
    from unnest($1::text[]) as known (job)
   cross join lateral (
     select status from portal.job_runs as run
      where run.job = known.job order by scheduled_at desc limit 1) as newest`;

/** Counts a job as failed if its newest run failed. */
const COUNT = `
  select ${[
    upTo('failedEvents', 'portal.webhook_events', "status = 'failed'"),
    upTo('exhaustedEvents', 'portal.webhook_events', "status = 'exhausted'"),
    upTo('failedMails', 'portal.notifications', "mail_status = 'failed'"),
    upTo('outboxWaiting', 'portal.outbox', 'published_at is null and set_aside_at is null'),
    upTo('outboxSetAside', 'portal.outbox', 'published_at is null and set_aside_at is not null'),
    upTo('suppressedAddresses', 'portal.email_suppressions', 'suppressed'),
  ].join(',')},
  (select count(*) filter (where status = 'running')::int from (${NEWEST_RUNS}) as run)
    as "runningJobs",
  (select count(*) filter (where status = 'failed')::int from (${NEWEST_RUNS}) as run)
    as "failedJobs"`;

export async function countOpenWork(db: Queryable, jobs: readonly string[]): Promise<OpenWork> {
  const { rows } = await db.query<OpenWork & Record<string, unknown>>(COUNT, [jobs]);
  if (rows[0] === undefined) throw new Error('Postgres returned no counts.');
  return rows[0];
}
