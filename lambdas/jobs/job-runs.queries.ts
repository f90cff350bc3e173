import type { GetPool, Queryable } from '../platform/postgres/database.ts';
import { jsonParameter, storableText } from '../platform/storable-text.ts';

export interface JobRun {
  readonly job: string;
  readonly scheduledAt: Date;
  readonly startedBy: string;
  readonly invocationId: string;
}

/**
 * Starts a run that is new, failed or was interrupted; of two concurrent starts one gets no row.
 * A run counts as interrupted once it is older than the job's timeout, since Lambda has stopped it.
 * A run also counts as interrupted when Lambda retries the same invocation. Lambda retries before
 * the timeout, so otherwise a weekly run that ran out of memory would be lost.
 */
const START = `
  insert into portal.job_runs as run
    (job, scheduled_at, started_by, status, started_at, invocation_id)
  values ($1::text, $2::timestamptz, $3::text, 'running', $4::timestamptz, $6::text)
  on conflict (job, scheduled_at) do update
     set status = 'running', started_at = excluded.started_at,
         started_by = excluded.started_by,
         invocation_id = excluded.invocation_id, attempts = run.attempts + 1, error = null
   where run.status = 'failed'
      or (run.status = 'running'
          and (run.invocation_id = excluded.invocation_id
               or run.started_at < $4::timestamptz - make_interval(secs => $5::int)))
  returning attempts`;

const FINISH = `
  update portal.job_runs
  set status = $3::text, finished_at = $4::timestamptz, counts = $5::jsonb, error = $6::text
  where job = $1::text and scheduled_at = $2::timestamptz and status = 'running'`;

const LATEST = `
  select distinct on (job) job, status, scheduled_at as "scheduledAt", started_by as "startedBy",
         finished_at as "finishedAt", attempts, counts, error
  from portal.job_runs
  order by job, started_at desc`;

export interface LatestRun {
  readonly job: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly scheduledAt: Date;
  readonly startedBy: string;
  readonly finishedAt: Date | null;
  readonly attempts: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
}

export async function findLatestRuns(db: Queryable): Promise<readonly LatestRun[]> {
  const { rows } = await db.query<LatestRun & Record<string, unknown>>(LATEST);
  return rows;
}

export type JobRunResult =
  | { readonly status: 'succeeded'; readonly counts: Readonly<Record<string, number>> }
  | {
      readonly status: 'failed';
      readonly error: string;
      /** Counts of the parts that succeeded. */
      readonly counts?: Readonly<Record<string, number>>;
    };

export interface JobRuns {
  /** @returns false if the run is in progress or has succeeded. */
  start(run: JobRun, now: Date): Promise<boolean>;
  finish(run: JobRun, result: JobRunResult, now: Date): Promise<void>;
}

/** @param staleAfterSeconds The job's timeout, after which a started run counts as interrupted. */
export function makeJobRuns(pool: GetPool, staleAfterSeconds: number): JobRuns {
  return {
    async start({ job, scheduledAt, startedBy, invocationId }, now) {
      const db: Queryable = await pool();
      const values = [job, scheduledAt, startedBy, now, staleAfterSeconds, invocationId];
      const { rowCount } = await db.query(START, values);
      return rowCount === 1;
    },
    async finish({ job, scheduledAt }, result, now) {
      const db: Queryable = await pool();
      const { counts = {} } = result;
      const error = result.status === 'failed' ? storableText(result.error) : null;
      await db.query(FINISH, [job, scheduledAt, result.status, now, jsonParameter(counts), error]);
    },
  };
}
