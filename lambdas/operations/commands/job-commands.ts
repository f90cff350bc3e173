import { type JobName, jobNamed, jobs } from '../../catalog/jobs.ts';
import { aheadOfTimeMessage, isAheadOfTime } from '../../jobs/due-time.ts';
import { findLatestRuns, type LatestRun } from '../../jobs/job-runs.queries.ts';
import { listRuns } from '../../jobs/list-runs.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { type CommandHandlers, CommandRejectedError, nextCursor } from './command-handlers.ts';

export interface JobCommandDeps {
  readonly pool: GetPool;
  readonly startJob: (
    name: JobName,
    event: { readonly scheduledAt: Date; readonly startedBy: string },
  ) => Promise<void>;
  readonly now: Clock;
}

type JobCommands = CommandHandlers<'jobs list' | 'jobs runs' | 'jobs run'>;

export function makeJobCommands({ pool, startJob, now }: JobCommandDeps): JobCommands {
  return {
    async 'jobs list'() {
      const runs = await findLatestRuns(await pool());
      const summaries = jobs.map(({ name }) =>
        summarizeJob(
          name,
          runs.find(({ job }) => job === name),
        ),
      );
      return { jobs: summaries };
    },

    async 'jobs runs'({ name, status, limit, cursor }) {
      const runs = await listRuns(await pool(), { job: name, status, after: cursor, limit });
      return { runs, cursor: nextCursor(runs, limit) };
    },

    async 'jobs run'({ name, at }, operator) {
      const startedAt = now();
      const scheduledAt = at === undefined ? startedAt : new Date(at);
      if (isAheadOfTime(scheduledAt, startedAt))
        throw new CommandRejectedError('invalid-request', aheadOfTimeMessage(scheduledAt));
      await startJob(name, { scheduledAt, startedBy: operator });
      return { started: name, scheduledAt };
    },
  };
}

function summarizeJob(name: JobName, run: LatestRun | undefined) {
  const { schedule, timezone = 'UTC' } = jobNamed(name);
  return {
    name,
    schedule,
    timezone,
    last: run?.status,
    due: run?.scheduledAt,
    by: run?.startedBy,
    counts: run?.counts,
    error: run?.error,
  };
}
