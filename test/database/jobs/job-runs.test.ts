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

test('a run that is started twice works once, also when both start at the same time', async () => {
  let worked = 0;
  const job = aJob('twice', async () => {
    worked += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { EventsRelayed: 7 };
  });

  const outcomes = await Promise.all([
    job({ scheduledAt: due }, anInvocation()),
    job({ scheduledAt: due }, anInvocation()),
  ]);
  const later = await job({ scheduledAt: due }, anInvocation());

  expect(worked).toBe(1);
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

test('a run that failed says why, throws so that it is tried again, and works the second time', async () => {
  let attempts = 0;
  const job = aJob('failing', async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('no luck for ann@example.org');
    expect(await runOf('failing')).toMatchObject([{ status: 'running', error: null }]);
    return {};
  });

  await expect(job({ scheduledAt: due }, anInvocation())).rejects.toThrow('no luck');
  expect(await runOf('failing')).toMatchObject([
    { status: 'failed', error: 'no luck for ***@example.org' },
  ]);
  await expect(job({ scheduledAt: due }, anInvocation())).resolves.toMatchObject({
    outcome: 'done',
  });

  expect(await runOf('failing')).toMatchObject([{ status: 'succeeded', attempts: 2, error: null }]);
});

test('a run that was cut off is taken up again once it cannot be at work any more, and not before', async () => {
  const hanging = aJob('cut off', () => new Promise(() => {}));
  void hanging({ scheduledAt: due }, anInvocation());
  await new Promise((resolve) => setTimeout(resolve, 50));
  const next = aJob('cut off', async () => ({ EventsRelayed: 1 }));

  tick(TIMEOUT_SECONDS - 1);
  await expect(next({ scheduledAt: due }, anInvocation())).resolves.toEqual({
    outcome: 'repeated',
  });
  tick(2);
  await expect(next({ scheduledAt: due }, anInvocation())).resolves.toMatchObject({
    outcome: 'done',
  });
});

test('a run whose process died is taken up by the retry of its invocation at once, and by no other', async () => {
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

test('what has succeeded does not fail any more, whatever a second attempt of the invocation says of it', async () => {
  const runs = makeJobRuns(async () => database.pool, TIMEOUT_SECONDS);
  const run = {
    job: 'twice at work',
    scheduledAt: new Date(due),
    startedBy: 'schedule',
    invocationId: 'one',
  };
  await runs.start(run, clock);
  await runs.start(run, clock);

  await runs.finish(run, { status: 'succeeded', counts: { EventsRelayed: 1 } }, clock);
  await runs.finish(run, { status: 'failed', error: 'too late' }, clock);

  expect(await runOf('twice at work')).toMatchObject([
    { status: 'succeeded', counts: { EventsRelayed: 1 } },
  ]);
});

test('an operator’s run is told apart, and is due when it is asked for', async () => {
  await aJob('asked for', async () => ({}))(
    { startedBy: 'arn:aws:iam::1:user/ann' },
    anInvocation(),
  );

  expect(await runOf('asked for')).toMatchObject([
    { status: 'succeeded', started_by: 'arn:aws:iam::1:user/ann' },
  ]);
});

test('a job stops in time to write down what it did', async () => {
  let remaining = 0;
  const runs = makeJobRuns(async () => database.pool, TIMEOUT_SECONDS);
  const run = async ({ remainingMs }: { remainingMs(): number }) => {
    remaining = remainingMs();
    return {};
  };

  await makeJob({ name: 'in time', run, runs, now: () => clock })({}, anInvocation(12_000));

  expect(remaining).toBe(2_000);
});

test('an event that is no schedule’s fails before anything is started', async () => {
  await expect(
    aJob('odd', async () => ({}))({ scheduledAt: 'soon' }, anInvocation()),
  ).rejects.toThrow();
  expect(await runOf('odd')).toEqual([]);
});
