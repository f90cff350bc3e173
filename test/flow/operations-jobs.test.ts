import { expect, test } from '@jest/globals';
import { tamper } from '../support/audit.ts';
import { eventually } from '../support/eventually.ts';
import { useLocal } from '../support/local.ts';
import { auditedActions, operateOn } from '../support/operator-commands.ts';

const local = useLocal();
const operate = (command: string, given: object = {}) => operateOn(local(), command, given);

test('records the operator who ran a job', async () => {
  await operate('jobs run', { name: 'relay-outbox' });

  const run = async () =>
    ((await operate('jobs list'))['jobs'] as { name: string; last?: string; by?: string }[]).find(
      ({ name }) => name === 'relay-outbox',
    );
  expect(await eventually(run, (one) => one?.last === 'succeeded')).toMatchObject({
    last: 'succeeded',
    by: expect.stringMatching(/local-operator$/),
  });
  expect(await auditedActions(local(), 'jobs run')).toHaveLength(1);
});

test('lists the residency reports and verifies every file of their chain', async () => {
  await operate('jobs run', { name: 'report-residency' });
  const listed = async () =>
    (await operate('residency list'))['reports'] as { week: string; sha256: string }[];
  const [report] = await eventually(listed, (reports) => reports.length === 1);

  expect(await operate('residency verify')).toMatchObject({
    chain: 'intact',
    checked: { reports: 1, signatures: 1, files: 5, versions: 5, rows: 1 },
    head: { week: report?.week, sha256: report?.sha256 },
    problems: [],
  });
  await local().pool.query(`update portal.residency_reports set sha256 = repeat('0', 64)`);
  expect(await operate('residency verify')).toMatchObject({
    chain: 'broken',
    problems: [{ week: report?.week }],
  });
});

test('signs the audit log in a deployed bundle, and finds records that were removed', async () => {
  await operate('jobs run', { name: 'sign-audit-head', reason: 'the journey signs' });
  const heads = async () =>
    (await operate('audit verify'))['heads'] as { newest?: { position: number } };
  await eventually(heads, ({ newest }) => (newest?.position ?? 0) > 0);
  const { chain, publicKeySha256 } = await operate('audit verify');
  expect(chain).toBe('intact');
  expect(publicKeySha256).toBe((await operate('residency key'))['publicKeySha256']);

  await tamper(local().pool, 'delete from portal.operator_actions');

  expect(await operate('audit verify')).toMatchObject({
    chain: 'broken',
    problems: [expect.stringMatching(/^Records up to \d+ were signed, but the log ends at 0\.$/)],
  });
});
