import * as z from 'zod';
import { parseJson } from '../platform/json.ts';
import { type AuditRecord, auditHash, FIRST_PREVIOUS_HASH } from './audit-hash.ts';
import type { SignedPosition } from './signed-head.ts';

/** Command of the records that the prune writes about the records that it deleted. */
export const PRUNE_COMMAND = 'audit prune';

/** The trigger of migration 0038 lets nobody delete a younger record. */
export const MINIMUM_AUDIT_DAYS = 365;

const pruneResult = z.object({ through: z.int(), hash: z.string() });

interface Prune {
  readonly at: Date;
  readonly through: number;
  readonly hash: string;
}

export interface ChainReport {
  readonly records: number;
  readonly first: number | undefined;
  readonly last: { readonly position: number; readonly hash: string } | undefined;
  /** At most 100; `problemCount` counts all. */
  readonly problems: readonly string[];
  readonly problemCount: number;
  /** Problems that only the signed heads show. */
  readonly headProblemCount: number;
}

const MAX_PROBLEMS = 100;

/**
 * Reads the records in order and compares them with the signed heads. The chain shows a changed,
 * removed or inserted record; a head shows records that were removed at the end, and a chain that
 * was computed anew.
 */
export async function verifyAuditChain(
  records: AsyncIterable<AuditRecord>,
  heads: readonly SignedPosition[],
): Promise<ChainReport> {
  const problems: string[] = [];
  const headProblems: string[] = [];
  const prunes: Prune[] = [];
  const unseen = Map.groupBy(heads, ({ position }) => position);
  // A log without any record has no position. A head of it states nothing that could be missing.
  unseen.delete(0);
  let count = 0;
  let first: AuditRecord | undefined;
  let last: AuditRecord | undefined;
  for await (const record of records) {
    count += 1;
    first ??= record;
    problems.push(...checkRecord(record, last));
    headProblems.push(...checkHeads(record, unseen));
    prunes.push(...prunesIn(record));
    last = record;
  }
  problems.push(...checkStart(first, prunes));
  headProblems.push(...checkPrunes(prunes, heads), ...checkEnd(last, unseen, first));
  return {
    records: count,
    first: first?.position,
    last: last && { position: last.position, hash: last.hash },
    problems: [...headProblems, ...problems].slice(0, MAX_PROBLEMS),
    problemCount: problems.length + headProblems.length,
    headProblemCount: headProblems.length,
  };
}

function checkRecord(record: AuditRecord, last: AuditRecord | undefined): string[] {
  const { position, hash, previousHash } = record;
  const problems: string[] = [];
  if (auditHash(record) !== hash)
    problems.push(`Record ${position} was changed: its hash differs from its content.`);
  if (last === undefined) return problems;
  if (position !== last.position + 1)
    problems.push(`Records ${last.position + 1} to ${position - 1} are missing.`);
  else if (previousHash !== last.hash)
    problems.push(`Record ${position} does not follow record ${last.position}: another hash.`);
  return problems;
}

function checkHeads(
  { position, hash }: AuditRecord,
  unseen: Map<number, readonly SignedPosition[]>,
): string[] {
  const heads = unseen.get(position) ?? [];
  unseen.delete(position);
  return heads.some((head) => head.hash !== hash)
    ? [`Record ${position} differs from the head that was signed.`]
    : [];
}

function prunesIn({ command, at, result }: AuditRecord): Prune[] {
  if (command !== PRUNE_COMMAND) return [];
  const parsed = pruneResult.safeParse(parseJson(result));
  return parsed.success ? [{ at: new Date(at), ...parsed.data }] : [];
}

/** The first record is the first of all, or follows the last one that a prune deleted. */
function checkStart(first: AuditRecord | undefined, prunes: readonly Prune[]): string[] {
  if (first === undefined) return [];
  const before = first.position - 1;
  const expected =
    before === 0 ? FIRST_PREVIOUS_HASH : prunes.find(({ through }) => through === before)?.hash;
  if (expected === undefined)
    return [`Records 1 to ${before} are missing, and no prune recorded their deletion.`];
  return expected === first.previousHash
    ? []
    : [`Record ${first.position} does not follow the last pruned record.`];
}

const DAY_MS = 86_400_000;

/** A head that was signed within a year before a prune shows that the prune came too early. */
function checkPrunes(prunes: readonly Prune[], heads: readonly SignedPosition[]): string[] {
  return prunes
    .filter(({ at, through }) =>
      heads.some(
        ({ position, signedAt }) =>
          position < through && signedAt.getTime() > at.getTime() - MINIMUM_AUDIT_DAYS * DAY_MS,
      ),
    )
    .map(
      ({ at, through }) =>
        `The prune of ${at.toISOString()} deleted records younger than ${MINIMUM_AUDIT_DAYS} days` +
        `, up to ${through}.`,
    );
}

/** Heads of records before the first one were pruned with them. */
function checkEnd(
  last: AuditRecord | undefined,
  unseen: ReadonlyMap<number, unknown>,
  first: AuditRecord | undefined,
): string[] {
  const end = last?.position ?? 0;
  const beyond = [...unseen.keys()].filter((position) => position > end);
  const inside = [...unseen.keys()].filter(
    (position) => position > (first?.position ?? 0) && position < end,
  );
  return [
    ...(beyond.length > 0
      ? [`Records up to ${Math.max(...beyond)} were signed, but the log ends at ${end}.`]
      : []),
    ...inside.map((position) => `Record ${position} was signed, but is missing.`),
  ];
}
