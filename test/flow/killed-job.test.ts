import { expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { functionNamed, useLocal } from '../support/local.ts';

// The retry that Lambda makes after a minute comes after a second: long before the timeout of the job has passed.
const local = useLocal({ timeScale: 0.02 });

const runs = async () =>
  (
    await local().pool.query<{ status: string; attempts: number }>(
      `select status, attempts from portal.job_runs where job = 'report-residency'`,
    )
  ).rows;

test('a weekly report whose process is killed at work is made by the retry of its invocation', async () => {
  const schedule = local()
    .scheduler.upcoming()
    .find(({ name }) => name.includes('ReportResidency'));
  const inTheWay = await local().pool.connect();
  await inTheWay.query('begin');
  await inTheWay.query('lock table portal.residency_reports in access exclusive mode');

  local().scheduler.runNow(schedule?.name ?? '', new Date('2026-11-22T20:00:00Z'));
  await eventually(runs, ([run]) => run?.status === 'running');
  expect(await functionNamed(local(), 'JobsReportResidencyJob').kill()).toBe(1);
  await inTheWay.query('rollback');
  inTheWay.release();

  expect(await eventually(runs, ([run]) => run?.status === 'succeeded')).toEqual([
    { status: 'succeeded', attempts: 2 },
  ]);
  const { rows } = await local().pool.query(
    'select week::text as week from portal.residency_reports',
  );
  expect(rows).toEqual([{ week: '2026-11-16' }]);
}, 60_000);
