import { expect, test } from '@jest/globals';
import type { JobRuns } from '../../../lambdas/jobs/job-runs.queries.ts';
import { type JobCounts, makeJob } from '../../../lambdas/jobs/run-job.ts';
import { useStdout } from '../../support/stdout.ts';

const stdout = useStdout();
const metrics = () => stdout.filter((line) => '_aws' in line);
const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 };
const allStart: JobRuns = { start: async () => true, finish: async () => {} };

const running = (run: () => Promise<JobCounts>, runs: JobRuns = allStart) =>
  makeJob({ name: 'prune', run, runs, now: () => new Date('2026-03-01T10:00:00Z') })({}, context);

const failing = async () => {
  throw new Error('refused by postgres://portal:hunter2@db.example/portal for ann@example.org');
};

test('a run that succeeds counts as that, as no failure, and for what it did', async () => {
  await running(async () => ({ EventsPruned: 3 }));

  expect(metrics()).toMatchObject([
    { job: 'prune', JobSucceeded: 1, JobFailed: 0, JobMs: 0, EventsPruned: 3 },
  ]);
});

test('a run that fails counts as that, and as no success', async () => {
  await running(failing).catch(() => {});

  expect(metrics()).toMatchObject([{ job: 'prune', JobSucceeded: 0, JobFailed: 1, JobMs: 0 }]);
});

test('a run that is under way or done elsewhere counts for nothing', async () => {
  await running(async () => ({}), { ...allStart, start: async () => false });

  expect(metrics()).toEqual([]);
});

// Lambda writes into the log what leaves a handler.
test('what a failed run leaves with holds nothing private', async () => {
  const error = await running(failing).catch((thrown: Error) => thrown);

  expect(error).toBeInstanceOf(Error);
  expect(
    Object.values(Object.getOwnPropertyDescriptors(error))
      .map(({ value }) => value)
      .join(),
  ).not.toMatch(/hunter2|ann@/);
});

test('a failure that cannot be written down is the one that is told', async () => {
  const down = async () => {
    throw new Error('Postgres is away');
  };

  await expect(running(failing, { ...allStart, finish: down })).rejects.toThrow('refused by');
  expect(stdout.map(({ message }) => message)).toContain('Failed job run is not recorded');
});
