import { syntheticType } from '../catalog/synthetic-events.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import type { ExpectedTraffic } from '../providers/provider-descriptor.ts';

export interface OutboxBacklog {
  readonly waiting: number;
  readonly ageSeconds: number;
  readonly setAside: number;
}

export interface ExpectedJob {
  readonly name: string;
  readonly overdueAfterSeconds: number;
}

export interface OverdueJob {
  readonly job: string;
  readonly seconds: number;
}

const OUTBOX_BACKLOG = `
  select count(*) filter (where set_aside_at is null)::int as waiting,
         count(*) filter (where set_aside_at is not null)::int as "setAside",
         coalesce(extract(epoch from $1::timestamptz
           - min(created_at) filter (where set_aside_at is null)), 0)::float8 as "ageSeconds"
    from portal.outbox
   where published_at is null and created_at <= $1::timestamptz`;

/**
 * Measures a job that never succeeded from the first run of any job, which marks the start of the
 * stage. Ignores runs ahead of time, which prove nothing about the present.
 */
const OVERDUE_JOBS = `
  select expected.job,
         greatest(0, extract(epoch from $3::timestamptz - coalesce(
           (select max(scheduled_at)
              from portal.job_runs run
             where run.job = expected.job and status = 'succeeded'
               and scheduled_at <= $3::timestamptz),
           (select min(started_at) from portal.job_runs),
           $3::timestamptz)) - expected.allowed)::float8 as seconds
    from unnest($1::text[], $2::int[]) as expected (job, allowed)`;

/**
 * Finds the oldest upload or mail of the last day that no event of the provider followed. An event
 * may precede the upload's row by a minute, as Mux may send it before the row is committed.
 * Synthetic and reconciled events do not count, as the provider did not send them. Assets without
 * an owner do not count either: an event of Mux created their row.
 */
const MISSING_TRAFFIC = `
  with last_event as (
    select max(received_at) as at
      from portal.webhook_events
     where body is not null and received_at > $2::timestamptz - interval '25 hours'
       and source = $1::text and type <> $3::text and origin = 'signed'
  ), expected_since as (
    select created_at as at from portal.assets
     where $4::text = 'uploads' and mux_upload_id is not null and owner_id is not null
       and created_at between $2::timestamptz - interval '1 day' and $2::timestamptz
     union all
    select sent_at from portal.notifications
     where $4::text = 'mails'
       and sent_at between $2::timestamptz - interval '1 day' and $2::timestamptz
  )
  select coalesce(extract(epoch from $2::timestamptz - min(expected_since.at)), 0)::float8
           as seconds
    from expected_since, last_event
   where last_event.at is null or expected_since.at > last_event.at + interval '1 minute'`;

export async function measureOutboxBacklog(db: Queryable, now: Date): Promise<OutboxBacklog> {
  const { rows } = await db.query<OutboxBacklog & Record<string, unknown>>(OUTBOX_BACKLOG, [now]);
  return rows[0] ?? { waiting: 0, ageSeconds: 0, setAside: 0 };
}

/** @returns for each job the seconds since it should have succeeded again, 0 if it is on time. */
export async function measureOverdueJobs(
  db: Queryable,
  jobs: readonly ExpectedJob[],
  now: Date,
): Promise<readonly OverdueJob[]> {
  const { rows } = await db.query<{ job: string; seconds: number }>(OVERDUE_JOBS, [
    jobs.map(({ name }) => name),
    jobs.map(({ overdueAfterSeconds }) => overdueAfterSeconds),
    now,
  ]);
  return rows;
}

/** A provider, and the work of this system that its events follow. */
export interface ExpectedProvider {
  readonly provider: string;
  readonly expectedTraffic: Exclude<ExpectedTraffic, 'none'>;
}

/** @returns the seconds for which an event of the provider is missing, 0 if none is expected. */
export async function measureMissingTraffic(
  db: Queryable,
  { provider, expectedTraffic }: ExpectedProvider,
  now: Date,
): Promise<number> {
  const values = [provider, now, syntheticType, expectedTraffic];
  const { rows } = await db.query<{ seconds: number }>(MISSING_TRAFFIC, values);
  return rows[0]?.seconds ?? 0;
}
