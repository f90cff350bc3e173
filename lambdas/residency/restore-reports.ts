import type { EvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import type { FetchPublicKey } from '../platform/evidence-signature.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { composeMissingRows } from './evidence/restore-reports.ts';
import { findReports, insertReport, lockChain } from './residency-reports.queries.ts';

export interface RestoreReportsDeps {
  readonly pool: GetPool;
  readonly evidence: Pick<EvidenceBucket, 'name' | 'get' | 'listVersions'>;
  readonly evidenceKey: FetchPublicKey;
}

export interface RestoredReports {
  readonly restored: readonly { readonly week: string; readonly sequence: number }[];
  readonly notRestored: readonly { readonly week: string; readonly reason: string }[];
  /** Rows that the table had. They are never changed. */
  readonly existing: number;
}

/** Inserts the rows that the table lacks, from the signed reports in the bucket. */
export async function restoreReports(
  { pool, evidence, evidenceKey }: RestoreReportsDeps,
  { dryRun }: { readonly dryRun: boolean },
): Promise<RestoredReports> {
  const publicKey = await evidenceKey();
  return inTransaction(await pool(), async (tx) => {
    await lockChain(tx);
    const existing = await findReports(tx);
    const { rows, notRestorable } = await composeMissingRows(evidence, publicKey, existing);
    const taken = new Map(existing.map(({ sequence, week }) => [sequence, week]));
    const free = rows.filter(({ sequence }) => !taken.has(sequence));
    if (!dryRun) for (const row of free) await insertReport(tx, row);
    return {
      restored: free.map(({ week, sequence }) => ({ week, sequence })),
      notRestored: [
        ...notRestorable,
        ...rows
          .filter(({ sequence }) => taken.has(sequence))
          .map(({ week, sequence }) => ({
            week,
            reason: `The row of the week of ${taken.get(sequence)} has its number, ${sequence}.`,
          })),
      ],
      existing: existing.length,
    };
  });
}
