// More than the clocks of Scheduler, Lambda and an operator's computer differ.
const MAX_AHEAD_MS = 30_000;

/**
 * Local mode sets this variable to `allowed`, so that people can watch future runs. No deployed
 * stage has it: test/infrastructure/functions.test.ts.
 */
export const runsAheadVariable = 'JOB_RUNS_AHEAD';

/**
 * Rejects a run ahead of time. A job uses its due time to find what is due, so a future time would
 * expire what is still valid and delete what must be kept.
 */
export function isAheadOfTime(
  dueAt: Date,
  now: Date,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return (
    environment[runsAheadVariable] !== 'allowed' && dueAt.getTime() - now.getTime() > MAX_AHEAD_MS
  );
}

/** Explains to an operator why a run was rejected. */
export const aheadOfTimeMessage = (dueAt: Date) =>
  `The due time ${dueAt.toISOString()} is in the future: ` +
  'only the local instance can run a job ahead of time.';

/** The due time of a run is in the future. */
export class RunAheadOfTimeError extends Error {
  constructor(dueAt: Date) {
    super(aheadOfTimeMessage(dueAt));
    this.name = 'RunAheadOfTimeError';
  }
}
