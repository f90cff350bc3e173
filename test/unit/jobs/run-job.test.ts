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
  throw new Error('rejected by postgres://portal:hunter2@db.example/portal for ann@example.org');
};

test('emits the success and the counts of a run', async () => {
  await running(async () => ({ EventsPruned: 3 }));

  expect(metrics()).toMatchObject([
    { job: 'prune', JobSucceeded: 1, JobFailed: 0, JobMs: 0, EventsPruned: 3 },
  ]);
});

test('emits the failure of a run', async () => {
  await running(failing).catch(() => {});

  expect(metrics()).toMatchObject([{ job: 'prune', JobSucceeded: 0, JobFailed: 1, JobMs: 0 }]);
});

test('emits nothing for a run that is in progress or done', async () => {
  await running(async () => ({}), { ...allStart, start: async () => false });

  expect(metrics()).toEqual([]);
});

// Lambda logs each error that a handler throws.
test('redacts the error that a failed run throws', async () => {
  const error = await running(failing).catch((thrown: Error) => thrown);

  expect(error).toBeInstanceOf(Error);
  expect(
    Object.values(Object.getOwnPropertyDescriptors(error))
      .map(({ value }) => value)
      .join(),
  ).not.toMatch(/hunter2|ann@/);
});

test('throws the original error if recording the failure fails', async () => {
  const down = async () => {
    throw new Error('Postgres is unavailable');
  };

  await expect(running(failing, { ...allStart, finish: down })).rejects.toThrow('rejected by');
  expect(stdout.map(({ message }) => message)).toContain('Failed to record a failed job run');
});

test('records a run ahead of time as failed, and does not run it', async () => {
  const results: unknown[] = [];
  let ran = false;
  const handler = makeJob({
    name: 'prune',
    run: async () => {
      ran = true;
      return {};
    },
    runs: { start: async () => true, finish: async (_, result) => void results.push(result) },
    now: () => new Date('2026-03-01T10:00:00Z'),
  });

  await expect(handler({ scheduledAt: '2030-01-01T00:00:00Z' }, context)).rejects.toThrow(
    'The due time 2030-01-01T00:00:00.000Z is in the future',
  );

  expect(ran).toBe(false);
  expect(results).toEqual([
    { status: 'failed', error: expect.stringContaining('future'), counts: {} },
  ]);
  expect(metrics()).toMatchObject([{ job: 'prune', JobSucceeded: 0, JobFailed: 1 }]);
});
