import { beforeEach, describe, expect, test } from '@jest/globals';
import { readChain, recordAction } from '../../../lambdas/audit/audit-log.queries.ts';
import { verifyAuditChain } from '../../../lambdas/audit/verify-audit-chain.ts';
import { defaultRetentionDays } from '../../../lambdas/catalog/privacy/retention-days.ts';
import { makePrune } from '../../../lambdas/retention/prune.ts';
import { anAction, tamper } from '../../support/audit.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
// The database compares with its own clock before it deletes a record.
const at = new Date();
const retention = { webhookBodies: 90, webhookEvents: 400, outbox: 30, jobRuns: 60 };
const prune = (chunk = 1_000) => makePrune({ pool: async () => database.pool, retention, chunk });
const anHour = { scheduledAt: at, remainingMs: () => 3_600_000 };
const daysBefore = (days: number) => new Date(at.getTime() - days * 86_400_000);
const { operatorActions } = defaultRetentionDays;

const valuesOf = async (statement: string) =>
  (await database.pool.query(statement)).rows.map(({ value }) => value);

beforeEach(() => tamper(database.pool, 'truncate portal.operator_actions'));

describe('the audit log', () => {
  const verify = () => verifyAuditChain(readChain(database.pool), []);

  test('is pruned in chunks, and its chain stays verifiable', async () => {
    for (const days of [5, 4, 3, 2, 1])
      await recordAction(
        database.pool,
        anAction({ at: daysBefore(operatorActions + days), operator: `mira-${days}` }),
      );
    await recordAction(database.pool, anAction({ at: daysBefore(9), operator: 'noa' }));

    await expect(prune(2)(anHour)).resolves.toMatchObject({ AuditRecordsPruned: 5 });

    const left = await valuesOf(
      'select operator as value from portal.operator_actions order by id',
    );
    expect(left).toEqual(['noa', 'job prune', 'job prune', 'job prune']);
    expect(await verify()).toMatchObject({ records: 4, first: 6, problems: [] });
  });

  test('that is pruned again and again stays verifiable', async () => {
    for (let days = 6; days > 0; days -= 1) {
      await recordAction(database.pool, anAction({ at: daysBefore(operatorActions + days) }));
      await prune()({ ...anHour, scheduledAt: at });
      expect(await verify()).toMatchObject({ problems: [] });
    }
  });

  test('is not pruned when nothing is old, and records nothing then', async () => {
    await recordAction(database.pool, anAction({ at: daysBefore(operatorActions - 1) }));
    await expect(prune()(anHour)).resolves.toMatchObject({ AuditRecordsPruned: 0 });
    expect(await valuesOf('select 1 as value from portal.operator_actions')).toHaveLength(1);
  });
});
