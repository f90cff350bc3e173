import { pruneActions, recordAction } from '../audit/audit-log.queries.ts';
import { PRUNE_COMMAND } from '../audit/verify-audit-chain.ts';
import type { Transaction } from '../platform/postgres/transaction.ts';

/**
 * Deletes the oldest records of the audit log, and records the hash of the last one in the same
 * transaction, so that the chain can still be verified.
 * @returns the number of deleted records.
 */
export async function pruneAudit(tx: Transaction, before: Date, limit: number): Promise<number> {
  const { deleted, through, hash } = await pruneActions(tx, before, limit);
  if (deleted === 0) return 0;
  await recordAction(tx, {
    at: new Date(),
    operator: 'job prune',
    command: PRUNE_COMMAND,
    reason: 'The setting retentionDays.operatorActions',
    requestId: null,
    arguments: { before: before.toISOString() },
    result: { deleted, through, hash },
  });
  return deleted;
}
