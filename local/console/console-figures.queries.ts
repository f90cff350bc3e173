import type pg from 'pg';

export interface EventCount {
  readonly source: string;
  readonly status: string;
  readonly count: number;
  /** Number of events received since the start of local mode. */
  readonly since_start: number;
}

const COUNT_EVENTS = `
  select source, status, count(*)::int as count,
         count(*) filter (where received_at >= $1::timestamptz)::int as since_start
    from portal.webhook_events
   group by source, status`;

export async function countEventsByStatus(
  pool: pg.Pool,
  startedAt: Date,
): Promise<readonly EventCount[]> {
  return (await pool.query<EventCount>(COUNT_EVENTS, [startedAt])).rows;
}

export interface MailCounts {
  readonly pending: number;
  readonly sent: number;
  readonly suppressed: number;
  readonly failed: number;
}

const COUNT_MAILS = `
  select count(*) filter (where mail_status = 'pending')::int as pending,
         count(*) filter (where mail_status = 'sent'
                            and created_at >= $1::timestamptz)::int as sent,
         count(*) filter (where mail_status = 'suppressed'
                            and created_at >= $1::timestamptz)::int as suppressed,
         count(*) filter (where mail_status = 'failed')::int as failed
    from portal.notifications`;

/** Counts pending and failed mails of any time, sent and suppressed ones since the start. */
export async function countMailsByStatus(pool: pg.Pool, startedAt: Date): Promise<MailCounts> {
  const { rows } = await pool.query<MailCounts>(COUNT_MAILS, [startedAt]);
  return rows[0] ?? { pending: 0, sent: 0, suppressed: 0, failed: 0 };
}

export interface LatestRuns {
  readonly job: string;
  readonly runs: readonly object[];
}

const LIST_LATEST_RUNS = `
  select job,
         json_agg(json_build_object('status', status, 'dueAt', scheduled_at,
                                    'startedAt', started_at, 'startedBy', started_by,
                                    'counts', counts, 'error', error)
                  order by started_at desc) as runs
    from (select *, row_number() over (partition by job order by started_at desc) as position
            from portal.job_runs) as run
   where position <= 6
   group by job`;

/** Lists the six latest runs of each job, newest first. */
export async function listLatestRuns(pool: pg.Pool): Promise<readonly LatestRuns[]> {
  return (await pool.query<LatestRuns>(LIST_LATEST_RUNS)).rows;
}
