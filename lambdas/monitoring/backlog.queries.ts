import { syntheticType } from '../catalog/synthetic-events.ts';
import type { Queryable } from '../platform/postgres/database.ts';

export interface Backlog {
  readonly waiting: number;
  readonly ageSeconds: number;
}

export interface ExpectedJob {
  readonly name: string;
  readonly overdueAfterSeconds: number;
}

const OUTBOX = `
  select count(*)::int as waiting,
         coalesce(extract(epoch from $1::timestamptz - min(created_at)), 0)::float8 as "ageSeconds"
    from portal.outbox
   where published_at is null and created_at <= $1::timestamptz`;

/** A job that has never succeeded is measured from the first run of any job: that is when the stage came to life. */
const OVERDUE = `
  select expected.job,
         greatest(0, extract(epoch from $3::timestamptz - coalesce(
           (select max(scheduled_at) from portal.job_runs run where run.job = expected.job and status = 'succeeded'),
           (select min(started_at) from portal.job_runs),
           $3::timestamptz)) - expected.allowed)::float8 as seconds
    from unnest($1::text[], $2::int[]) as expected (job, allowed)`;

/**
 * The oldest upload or mail of the last day that no event has come after. A minute is taken off, as Mux may tell of an
 * upload before its row is committed. What we sent ourselves is no event of the provider's. Uploads that the portal did not ask for are no sign: an event made their row.
 */
const SILENCE = `
  with last_event as (
    select max(received_at) as at
      from portal.webhook_events
     where body is not null and received_at > $2::timestamptz - interval '25 hours' and source = $1::text
       and type <> $3::text
  ), sign as (
    select created_at as at from portal.assets
     where $1::text = 'mux' and mux_upload_id is not null and owner_id is not null
       and created_at between $2::timestamptz - interval '1 day' and $2::timestamptz
     union all
    select sent_at from portal.notifications
     where $1::text = 'resend' and sent_at between $2::timestamptz - interval '1 day' and $2::timestamptz
  )
  select coalesce(extract(epoch from $2::timestamptz - min(sign.at)), 0)::float8 as seconds
    from sign, last_event
   where last_event.at is null or sign.at > last_event.at + interval '1 minute'`;

export async function measureOutboxBacklog(db: Queryable, now: Date): Promise<Backlog> {
  const { rows } = await db.query<{ waiting: number; ageSeconds: number }>(OUTBOX, [now]);
  return rows[0] ?? { waiting: 0, ageSeconds: 0 };
}

/** @returns for each job how many seconds ago it should have succeeded again. */
export async function measureOverdueJobs(
  db: Queryable,
  jobs: readonly ExpectedJob[],
  now: Date,
): Promise<readonly { readonly job: string; readonly seconds: number }[]> {
  const allowed = jobs.map(({ overdueAfterSeconds }) => overdueAfterSeconds);
  const { rows } = await db.query<{ job: string; seconds: number }>(OVERDUE, [
    jobs.map(({ name }) => name),
    allowed,
    now,
  ]);
  return rows;
}

/** @returns for how many seconds we have been waiting for an event of the provider, 0 where none is due. */
export async function measureMissingTraffic(
  db: Queryable,
  provider: string,
  now: Date,
): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>(SILENCE, [provider, now, syntheticType]);
  return rows[0]?.seconds ?? 0;
}
