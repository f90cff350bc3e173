import type pg from 'pg';
import { type AuditRecord, auditHash } from '../../lambdas/audit/audit-hash.ts';
import {
  type OperatorAction,
  readChain,
  recordAction,
} from '../../lambdas/audit/audit-log.queries.ts';
import { findNewestHead } from '../../lambdas/audit/find-newest-head.ts';
import { headKey } from '../../lambdas/audit/head-files.ts';
import { nextHead } from '../../lambdas/audit/sign-head.ts';
import { composeHead, composeHeadFile } from '../../lambdas/audit/signed-head.ts';
import { verifyAuditChain } from '../../lambdas/audit/verify-audit-chain.ts';
import { sha256 } from '../../lambdas/platform/evidence-signature.ts';
import { anEvidenceBucket } from './residency/evidence.ts';
import { aSigningKey } from './residency/signing-key.ts';

/** Returns an action with hostile texts, which the hash must cover byte by byte. */
export const anAction = (changes: Partial<OperatorAction> = {}): OperatorAction => ({
  at: new Date('2026-03-01T12:00:00.123Z'),
  operator: 'arn:aws:sts::000000000000:assumed-role/AWSReservedSSO_Ops/mira@example.org',
  command: 'events replay',
  reason: 'a "reason", 12:x,-,',
  requestId: 'Abc+/=',
  arguments: { event: 'évènement 🎬', deep: { list: [1, null, 'x'] } },
  result: { replayed: 1 },
  ...changes,
});

export async function addActions(pool: pg.Pool, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await recordAction(pool, anAction({ reason: `reason ${index}` }));
}

export const chainOf = (pool: pg.Pool, pageSize?: number): Promise<AuditRecord[]> =>
  Array.fromAsync(readChain(pool, pageSize));

/** Runs statements as the owner of the table can: without the triggers that keep the records. */
export async function tamper(pool: pg.Pool, ...statements: readonly string[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('alter table portal.operator_actions disable trigger user');
    for (const statement of statements) await client.query(statement);
    await client.query('alter table portal.operator_actions enable trigger user');
  } finally {
    client.release();
  }
}

/** Makes a valid chain of records, as an attacker would who computes all hashes anew. */
export function aChain(reasons: readonly (string | null)[], first = 1): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const [index, reason] of reasons.entries()) {
    const record = {
      position: first + index,
      at: '2026-03-01T12:00:00.000000Z',
      operator: 'arn:aws:iam::000000000000:user/a',
      command: 'jobs run',
      reason,
      requestId: null,
      arguments: '{}',
      result: '{}',
      previousHash: records.at(-1)?.hash ?? '0'.repeat(64),
    };
    records.push({ ...record, hash: auditHash(record) });
  }
  return records;
}

/** Creates an empty bucket for heads that the job signs with the key, or with a new one. */
export function anAuditBucket(key = aSigningKey()) {
  const evidence = anEvidenceBucket();
  return { evidence, key, evidenceKey: async () => key.publicKey };
}

/** Signs the newest of the records, as the job does. @returns the key of the object. */
export async function signHeadOf(
  { evidence, key }: Pick<ReturnType<typeof anAuditBucket>, 'evidence' | 'key'>,
  records: readonly AuditRecord[],
  { signedAt, stage = 'prod' }: { readonly signedAt: Date; readonly stage?: string },
): Promise<string> {
  const previous = await findNewestHead({ bucket: evidence, stage }, key.publicKey, signedAt);
  const report = await verifyAuditChain(streamOf(records), previous ? [previous] : []);
  const head = nextHead(previous, report, 0, { stage, signedAt });
  const text = composeHead(head);
  const name = headKey(signedAt, head.sequence);
  evidence.now = signedAt;
  evidence.forge(name, composeHeadFile(text, await key.signer.sign(sha256(text))));
  return name;
}

export async function* streamOf(records: readonly AuditRecord[]) {
  yield* records;
}
