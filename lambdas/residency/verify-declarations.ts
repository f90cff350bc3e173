import { MINIMUM_AUDIT_DAYS } from '../audit/verify-audit-chain.ts';
import { redactText } from '../platform/redaction.ts';
import type { EvidenceFinding } from './evidence/verification.ts';
import type { AuditedDeclaration, StoredDeclaration } from './region-declarations.queries.ts';

export interface DeclarationsToVerify {
  /** Rows of region_declarations, in the order in which they were inserted. */
  readonly stored: readonly StoredDeclaration[];
  /** Records of `residency declare` in the audit log. */
  readonly audited: readonly AuditedDeclaration[];
  /** Time of the oldest record, if older ones were pruned; undefined if the log is whole. */
  readonly prunedBefore: Date | undefined;
  readonly now: Date;
}

export interface DeclarationsVerification {
  readonly compared: number;
  /** Declarations whose records were pruned. The signed reports of their time list them. */
  readonly older: number;
  readonly problems: readonly EvidenceFinding[];
}

// The record follows the declaration in the same command, which ends after 29 s.
const RECORDING_MS = 60_000;

/**
 * Compares the declared regions with the audit log in both directions. The log is chained, and its
 * signed heads are out of reach of database writers, so a changed declaration shows at once.
 */
export function verifyDeclarations(given: DeclarationsToVerify): DeclarationsVerification {
  const { stored, audited, prunedBefore, now } = given;
  const isOlder = ({ declaredAt }: StoredDeclaration) =>
    prunedBefore !== undefined && declaredAt < prunedBefore;
  const isBeingRecorded = ({ declaredAt }: StoredDeclaration) =>
    now.getTime() - declaredAt.getTime() < RECORDING_MS;
  const records = new Map(audited.map((record) => [record.id, record]));
  const due = stored.filter(
    (one) => records.has(one.id) || !(isOlder(one) || isBeingRecorded(one)),
  );
  const present = new Set(stored.map(({ id }) => id));
  const kept = withoutPruned(given);
  const problems = [
    ...due.flatMap((one) => compare(one, kept.get(one.id))),
    ...[...kept.values()]
      .filter(({ id, assets }) => !present.has(id) && assets !== '')
      .map(({ id }) => `Declaration ${id} is in the audit log, but its rows were deleted.`),
    ...backdated(stored),
  ];
  return {
    compared: due.length,
    older: stored.filter((one) => isOlder(one) && !records.has(one.id)).length,
    problems: problems.map((problem) => ({ week: 'all', problem })),
  };
}

const DAY_MS = 86_400_000;

const ALL = '*';
const scopesOf = ({ assets }: Pick<AuditedDeclaration, 'assets'>): readonly string[] =>
  assets === null ? [ALL] : assets.split(',');

/**
 * Leaves out what the prune deleted: after a year it deletes the rows of a declaration whose scope,
 * a video or the whole provider, a newer one has too. The assets are empty if none is left.
 */
function withoutPruned({ stored, audited, now }: DeclarationsToVerify) {
  const scopesInTable = new Map(stored.map((one) => [one.id, new Set(scopesOf(one))] as const));
  const newer = new Set<string>();
  const kept = audited.toReversed().map((record): readonly [string, AuditedDeclaration] => {
    const isOld = now.getTime() - record.at.getTime() > MINIMUM_AUDIT_DAYS * DAY_MS;
    const scopes = scopesOf(record);
    const left = scopes.filter(
      (scope) =>
        !isOld ||
        scopesInTable.get(record.id)?.has(scope) === true ||
        !newer.has(`${record.provider} ${scope}`),
    );
    for (const scope of scopes) newer.add(`${record.provider} ${scope}`);
    return [record.id, { ...record, assets: left.includes(ALL) ? null : left.join(',') }];
  });
  return new Map(kept);
}

function compare(
  one: StoredDeclaration,
  record: AuditedDeclaration | undefined,
): readonly string[] {
  if (record === undefined)
    return [
      `Declaration ${one.id} of ${one.declaredAt.toISOString()} has no record in the audit log: ` +
        'no command declared it.',
    ];
  // The audit log redacts what it keeps, except for the operator.
  const stored = { ...one, document: redactText(one.document), reason: redactText(one.reason) };
  const fields = ['provider', 'region', 'document', 'operator', 'reason', 'assets'] as const;
  return fields
    .filter((field) => stored[field] !== record[field])
    .map(
      (field) =>
        `Declaration ${one.id} was changed: ${field} is '${one[field]}', but was declared as ` +
        `'${record[field]}'.`,
    );
}

/** Finds rows that claim to be older than rows before them, to pass for pruned ones. */
function backdated(stored: readonly StoredDeclaration[]): readonly string[] {
  let newest = new Date(0);
  const problems: string[] = [];
  for (const { id, declaredAt } of stored) {
    if (newest.getTime() - declaredAt.getTime() > RECORDING_MS)
      problems.push(
        `Declaration ${id} is dated ${declaredAt.toISOString()}, but was inserted after a ` +
          `declaration of ${newest.toISOString()}.`,
      );
    if (declaredAt > newest) newest = declaredAt;
  }
  return problems;
}
