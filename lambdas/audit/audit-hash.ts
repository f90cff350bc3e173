import { sha256 } from '../platform/evidence-signature.ts';

/** Hash before the first record. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** Record of the audit log, with texts as Postgres writes them. */
export interface AuditRecord {
  readonly position: number;
  /** UTC with microseconds. */
  readonly at: string;
  readonly operator: string;
  readonly command: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  /** Text of the JSON document, as Postgres writes it. */
  readonly arguments: string;
  readonly result: string;
  readonly previousHash: string;
  readonly hash: string;
}

/**
 * Computes the hash of a record, as the function `operator_action_hash` of the migration 0038 does.
 * Each field is written with its length in bytes, so that no two records have the same input.
 */
export function auditHash(record: Omit<AuditRecord, 'hash'>): string {
  const fields = [
    String(record.position),
    record.at,
    record.operator,
    record.command,
    record.reason,
    record.requestId,
    record.arguments,
    record.result,
    record.previousHash,
  ];
  return sha256(fields.map(withLength).join(''));
}

const withLength = (field: string | null): string =>
  field === null ? '-,' : `${Buffer.byteLength(field)}:${field},`;
