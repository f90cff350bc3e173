import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { makeJobRuns } from '../../../lambdas/jobs/job-runs.queries.ts';
import { type JobCounts, makeJob } from '../../../lambdas/jobs/run-job.ts';
import { eventually } from '../../support/eventually.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const TIMEOUT_SECONDS = 60;
const due = '2026-03-01T12:00:00.000Z';
const anInvocation = (remainingMs = 60_000) => ({
  awsRequestId: randomUUID(),
  getRemainingTimeInMillis: () => remainingMs,
});

let clock = new Date(due);
const tick = (seconds: number) => {
  clock = new Date(clock.getTime() + seconds * 1_000);
};

function aJob(name: string, run: () => Promise<JobCounts>) {
  const runs = makeJobRuns(async () => database.pool, TIMEOUT_SECONDS);
  return makeJob({ name, run, runs, now: () => clock });
}

const runOf = async (job: string) =>
  (
    await database.pool.query(
      'select status, attempts, started_by, counts, error from portal.job_runs where job = $1',
      [job],
    )
  ).rows;

test('runs once when it is started twice, also at the same time', async () => {
  let executions = 0;
  const job = aJob('twice', async () => {
    executions += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { EventsRelayed: 7 };
  });

  const outcomes = await Promise.all([
    job({ scheduledAt: due }, anInvocation()),
    job({ scheduledAt: due }, anInvocation()),
  ]);
  const later = await job({ scheduledAt: due }, anInvocation());

  expect(executions).toBe(1);
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['done', 'repeated']);
  expect(later).toEqual({ outcome: 'repeated' });
  expect(await runOf('twice')).toEqual([
    {
      status: 'succeeded',
      attempts: 1,
      started_by: 'schedule',
      counts: { EventsRelayed: 7 },
      error: null,
    },
  ]);
});

test('records the error of a failed run, throws it, and succeeds at the retry', async () => {
  let attempts = 0;
  const job = aJob('failing', async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('rejected for ann@example.org');
    expect(await runOf('failing')).toMatchObject([{ status: 'running', error: null }]);
    return {};
  });

  await expect(job({ scheduledAt: due }, anInvocation())).rejects.toThrow('rejected');
  expect(await runOf('failing')).toMatchObject([
    { status: 'failed', error: 'rejected for ***@example.org' },
  ]);
  await expect(job({ scheduledAt: due }, anInvocation())).resolves.toMatchObject({
    outcome: 'done',
  });

  expect(await runOf('failing')).toMatchObject([{ status: 'succeeded', attempts: 2, error: null }]);
});

test('restarts an interrupted run after the timeout of the job, and not before', async () => {
  const hanging = aJob('interrupted', () => new Promise(() => {}));
  void hanging({ scheduledAt: due }, anInvocation());
  await new Promise((resolve) => setTimeout(resolve, 50));
  const next = aJob('interrupted', async () => ({ EventsRelayed: 1 }));

  tick(TIMEOUT_SECONDS - 1);
  await expect(next({ scheduledAt: due }, anInvocation())).resolves.toEqual({
    outcome: 'repeated',
  });
  tick(2);
  await expect(next({ scheduledAt: due }, anInvocation())).resolves.toMatchObject({
    outcome: 'done',
  });
});

test('restarts a run whose process died only for the retry of the same invocation', async () => {
  const died = anInvocation();
  void aJob('died', () => new Promise(() => {}))({ scheduledAt: due }, died);
  await eventually(
    () => runOf('died'),
    (runs) => runs.length === 1,
  );
  const next = aJob('died', async () => ({ EventsRelayed: 1 }));

  await expect(next({ scheduledAt: due }, anInvocation())).resolves.toEqual({
    outcome: 'repeated',
  });
  await expect(next({ scheduledAt: due }, died)).resolves.toMatchObject({ outcome: 'done' });
  expect(await runOf('died')).toMatchObject([{ status: 'succeeded', attempts: 2 }]);
  await expect(next({ scheduledAt: due }, died)).resolves.toEqual({ outcome: 'repeated' });
});

test('keeps a succeeded run when a second attempt of the invocation fails', async () => {
  const runs = makeJobRuns(async () => database.pool, TIMEOUT_SECONDS);
  const run = {
    job: 'concurrent',
    scheduledAt: new Date(due),
    startedBy: 'schedule',
    invocationId: 'one',
  };
  await runs.start(run, clock);
  await runs.start(run, clock);

  await runs.finish(run, { status: 'succeeded', counts: { EventsRelayed: 1 } }, clock);
  await runs.finish(run, { status: 'failed', error: 'too late' }, clock);

  expect(await runOf('concurrent')).toMatchObject([
    { status: 'succeeded', counts: { EventsRelayed: 1 } },
  ]);
});

test('records the operator who started a run, and uses the current time as due time', async () => {
  await aJob('by operator', async () => ({}))(
    { startedBy: 'arn:aws:iam::1:user/ann' },
    anInvocation(),
  );

  expect(await runOf('by operator')).toMatchObject([
    { status: 'succeeded', started_by: 'arn:aws:iam::1:user/ann' },
  ]);
});

test('reserves time to record the result', async () => {
  let remaining = 0;
  const runs = makeJobRuns(async () => database.pool, TIMEOUT_SECONDS);
  const run = async ({ remainingMs }: { remainingMs(): number }) => {
    remaining = remainingMs();
    return {};
  };

  await makeJob({ name: 'in time', run, runs, now: () => clock })({}, anInvocation(12_000));

  expect(remaining).toBe(2_000);
});

test('rejects an invalid invocation before starting a run', async () => {
  await expect(
    aJob('invalid', async () => ({}))({ scheduledAt: 'soon' }, anInvocation()),
  ).rejects.toThrow();
  expect(await runOf('invalid')).toEqual([]);
});
