import type { AuditRecord } from './audit-hash.ts';
import { HEAD_INTERVAL_MS } from './head-files.ts';
import type { StoredHead } from './signed-head.ts';
import { type ChainReport, verifyAuditChain } from './verify-audit-chain.ts';
import { type HeadsToVerify, verifyHeads } from './verify-heads.ts';

export interface AuditLogToVerify extends HeadsToVerify {
  /** Undefined if the verifier has no records, only heads. */
  readonly records: AsyncIterable<AuditRecord> | undefined;
  /** Number of records outside the chain. */
  readonly unchained: number;
  readonly now: Date;
  /** Numbers of heads whose break is known, for example after the database was restored. */
  readonly knownBreaks: readonly number[];
  readonly notChecked?: readonly string[];
}

/**
 * `intact`: no problem, and a recent head is signed. `unsigned`: no problem, but nothing proves
 * that the newest records are all. `empty`: there is neither a record nor a head.
 */
export type AuditLogState = 'intact' | 'broken' | 'unsigned' | 'empty';

export interface AuditLogVerification {
  readonly chain: AuditLogState;
  readonly records: number | undefined;
  readonly first: number | undefined;
  readonly last: ChainReport['last'];
  readonly heads: {
    readonly checked: number;
    /** Newest head: compare it with one that was noted elsewhere. */
    readonly newest: Pick<StoredHead, 'sequence' | 'position' | 'hash' | 'signedAt'> | undefined;
    readonly breaks: readonly number[];
  };
  /** Records after the newest head. Nothing but the chain protects them. */
  readonly unsignedRecords: number | undefined;
  readonly stage: string | undefined;
  /** SHA-256 of the public key. Compare it with the one in a mail or in a contract. */
  readonly publicKeySha256: string;
  readonly notChecked: readonly string[];
  readonly notes: readonly string[];
  readonly problemCount: number;
  readonly problems: readonly string[];
}

// The job may be late or repeated for two hours.
const STALE_AFTER_MS = HEAD_INTERVAL_MS + 2 * 3_600_000;
const MAX_PROBLEMS = 100;

/** Verifies the records, and compares them with every head in the bucket. */
export async function verifyAuditLog(given: AuditLogToVerify): Promise<AuditLogVerification> {
  const { records, unchained, now, knownBreaks, publicKey, notChecked = [] } = given;
  const { heads, unread, problems: ofHeads } = await verifyHeads(given);
  const newest = heads.at(-1);
  const report = records && (await verifyAuditChain(records, comparable(heads, knownBreaks)));
  const problems = [
    ...ofHeads,
    ...explainBreaks(newest, knownBreaks),
    ...(unchained === 0 ? [] : [`${unchained} records are not in the chain.`]),
    ...(report?.problems ?? []),
  ];
  const notes = explainAge(newest, report, now);
  const cut = (report?.problemCount ?? 0) - (report?.problems.length ?? 0);
  return {
    chain: stateOf(problems, notes, newest, report),
    records: report?.records,
    first: report?.first,
    last: report?.last,
    heads: {
      checked: heads.length,
      newest: newest && pickHead(newest),
      breaks: newest?.breaks ?? [],
    },
    unsignedRecords: report && Math.max(0, (report.last?.position ?? 0) - (newest?.position ?? 0)),
    stage: given.stage ?? newest?.stage,
    publicKeySha256: publicKey.fingerprint,
    notChecked: [
      ...notChecked,
      ...(unread === 0 ? [] : [`Contents of the ${unread} oldest heads: verify them offline`]),
    ],
    notes,
    problemCount: problems.length + cut,
    problems: problems.slice(0, MAX_PROBLEMS),
  };
}

/** Leaves out heads before a known break, because the log has lost records that they signed. */
function comparable(heads: readonly StoredHead[], knownBreaks: readonly number[]) {
  const lastKnown = Math.max(0, ...knownBreaks);
  return heads.filter(({ sequence }) => sequence >= lastKnown);
}

/** The newest head names every break, also those of heads that were not read. */
const explainBreaks = (newest: StoredHead | undefined, knownBreaks: readonly number[]) =>
  (newest?.breaks ?? [])
    .filter((sequence) => !knownBreaks.includes(sequence))
    .map(
      (sequence) =>
        `Head ${sequence} does not continue head ${sequence - 1}: records that were signed had ` +
        'been removed or changed before.',
    );

function explainAge(
  newest: StoredHead | undefined,
  report: ChainReport | undefined,
  now: Date,
): readonly string[] {
  if (newest === undefined)
    return (report?.records ?? 0) > 0
      ? ['No head is signed: nothing proves that the records are the original ones.']
      : [];
  if (now.getTime() - newest.signedAt.getTime() <= STALE_AFTER_MS) return [];
  return [
    `The newest head was signed at ${newest.signedAt.toISOString()}: the job sign-audit-head ` +
      'does not run, or newer heads were removed.',
  ];
}

function stateOf(
  problems: readonly string[],
  notes: readonly string[],
  newest: StoredHead | undefined,
  report: ChainReport | undefined,
): AuditLogState {
  if (problems.length > 0) return 'broken';
  if (notes.length > 0) return 'unsigned';
  return newest === undefined && (report?.records ?? 0) === 0 ? 'empty' : 'intact';
}

const pickHead = ({ sequence, position, hash, signedAt }: StoredHead) => ({
  sequence,
  position,
  hash,
  signedAt,
});
