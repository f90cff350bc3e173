import { expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { functionNamed, useLocal } from '../support/local.ts';

// Turns Lambda's retry delay of 1 min into 1.2 s, far below the timeout of the job.
const local = useLocal({ timeScale: 0.02 });

const runs = async () =>
  (
    await local().pool.query<{ status: string; attempts: number }>(
      `select status, attempts from portal.job_runs where job = 'report-residency'`,
    )
  ).rows;

test('a retry creates the weekly report after the process of the job was killed', async () => {
  const schedule = local()
    .scheduler.upcoming()
    .find(({ name }) => name.includes('ReportResidency'));
  const blocker = await local().pool.connect();
  await blocker.query('begin');
  await blocker.query('lock table portal.residency_reports in access exclusive mode');

  local().scheduler.runNow(schedule?.name ?? '', new Date('2026-11-22T20:00:00Z'));
  await eventually(runs, ([run]) => run?.status === 'running');
  expect(await functionNamed(local(), 'JobsReportResidencyJob').kill()).toBe(1);
  await blocker.query('rollback');
  blocker.release();

  expect(await eventually(runs, ([run]) => run?.status === 'succeeded')).toEqual([
    { status: 'succeeded', attempts: 2 },
  ]);
  const { rows } = await local().pool.query(
    'select week::text as week from portal.residency_reports',
  );
  expect(rows).toEqual([{ week: '2026-11-16' }]);
});
