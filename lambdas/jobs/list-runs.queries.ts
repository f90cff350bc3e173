import type { Queryable } from '../platform/postgres/database.ts';

export interface JobRunLine {
  readonly id: string;
  readonly job: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly scheduledAt: Date;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Null while the run is in progress. */
  readonly durationMs: number | null;
  readonly attempts: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
}

const LIST = `
  select id, job, status, scheduled_at as "scheduledAt", started_by as "startedBy",
         started_at as "startedAt", finished_at as "finishedAt",
         round(extract(epoch from finished_at - started_at) * 1000)::float8 as "durationMs",
         attempts, counts, error
    from portal.job_runs
   where ($1::text is null or job = $1)
     and ($2::text is null or status = $2)
     and ($3::bigint is null or id < $3)
   order by id desc
   limit $4::int`;

export interface JobRunPage {
  readonly job: string | undefined;
  readonly status: JobRunLine['status'] | undefined;
  /** Id of the last run of the previous page. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** Lists runs, newest first. */
export async function listRuns(
  db: Queryable,
  { job, status, after, limit }: JobRunPage,
): Promise<readonly JobRunLine[]> {
  const values = [job ?? null, status ?? null, after ?? null, limit];
  return (await db.query<JobRunLine & Record<string, unknown>>(LIST, values)).rows;
}
