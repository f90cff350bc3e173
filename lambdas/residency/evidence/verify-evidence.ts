import type { ReadVersion, StoredVersion } from '../../platform/aws/evidence-bucket.ts';
import { mapConcurrently } from '../../platform/aws/map-concurrently.ts';
import type { EvidencePublicKey } from '../../platform/evidence-signature.ts';
import { reportedWeek } from '../reported-week.ts';
import type { ReportRecord } from '../residency-reports.queries.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import type {
  ChainState,
  EvidenceFinding,
  EvidenceVerification,
  VerifiedReport,
} from './verification.ts';
import { missingWeeks, verifyChain } from './verify-chain.ts';
import { verifyRows } from './verify-rows.ts';
import { verifyWeek, type WeekVerification } from './verify-week.ts';

export interface EvidenceToVerify {
  /** Undefined if the verifier has no access to the database. */
  readonly rows: readonly ReportRecord[] | undefined;
  /** Every version and every delete marker under `residency/`. */
  readonly versions: readonly StoredVersion[];
  readonly read: ReadVersion;
  readonly publicKey: EvidencePublicKey;
  readonly now: Date;
  readonly notChecked?: readonly string[];
}

// Ten years are 520 weeks of five files. S3 answers about 50 requests of one client at a time.
const WEEKS_AT_ONCE = 16;

// A report is due on Monday at 07:00. A day later it counts as missing.
const MISSING_AFTER_MS = 31 * 3_600_000;

/**
 * Verifies the evidence in the bucket: signatures, hashes, chain, completeness and times; and
 * compares it with the table. The bucket is the truth: a database writer can change any row.
 */
export async function verifyEvidence(given: EvidenceToVerify): Promise<EvidenceVerification> {
  const { rows, versions, publicKey, now, notChecked = [] } = given;
  const inventory = takeInventory(versions);
  const weeks = await mapConcurrently([...inventory.weeks], WEEKS_AT_ONCE, ([week, files]) =>
    verifyWeek(week, files, { ...given, rows: rows ?? [] }),
  );
  const reports = weeks
    .flatMap(({ report }) => (report === undefined ? [] : [report]))
    .toSorted((a, b) => a.sequence - b.sequence);
  const due = reportedWeek(new Date(now.getTime() - MISSING_AFTER_MS)).monday;
  const problems = [
    ...explainStrangers(inventory),
    ...weeks.flatMap(({ week, problems: found }) => found.map((problem) => ({ week, problem }))),
    ...verifyChain(reports),
    ...missingWeeks(reports, due),
    ...(rows === undefined ? [] : verifyRows(rows, reports)),
  ].toSorted((a, b) => (a.week < b.week ? -1 : Number(a.week > b.week)));
  const head = reports.at(-1);
  return {
    chain: stateOf(problems, reports, rows ?? []),
    checked: countChecked(reports, versions.length, rows?.length),
    notChecked,
    signedSince: reports.find(({ isSigned }) => isSigned)?.week,
    unsignedReports: reports.filter(({ isSigned }) => !isSigned).length,
    publicKeySha256: publicKey.fingerprint,
    head: head && { week: head.week, sha256: head.sha256 },
    notes: notesOf(weeks),
    problems,
  };
}

function stateOf(
  problems: readonly EvidenceFinding[],
  reports: readonly VerifiedReport[],
  rows: readonly ReportRecord[],
): ChainState {
  if (problems.length > 0) return 'broken';
  if (reports.length === 0) return rows.length === 0 ? 'empty' : 'broken';
  return reports.at(-1)?.isSigned === true ? 'intact' : 'unsigned';
}

function countChecked(
  reports: readonly VerifiedReport[],
  versions: number,
  rows: number | undefined,
) {
  const weeks = reports.map(({ week }) => week).sort();
  return {
    reports: reports.length,
    firstWeek: weeks[0],
    lastWeek: weeks.at(-1),
    signatures: reports.filter(({ isSigned }) => isSigned).length,
    files: reports.reduce((total, { files }) => total + files.length, 0),
    versions,
    rows,
  };
}

/** Explains delete markers and objects that belong to no report. */
const explainStrangers = ({ deleteMarkers, unknown }: Inventory): readonly EvidenceFinding[] => [
  ...deleteMarkers.map((marker) => ({
    week: weekIn(marker.key),
    problem:
      `${marker.key} was deleted at ${marker.lastModified?.toISOString()} (delete marker ` +
      `${marker.versionId}). Its versions are still in the bucket.`,
  })),
  ...unknown
    .filter(({ isDeleteMarker }) => !isDeleteMarker)
    .map(({ key, versionId, lastModified }) => ({
      week: weekIn(key),
      problem:
        `${key} (version ${versionId}, stored at ${lastModified?.toISOString()}) belongs to no ` +
        'report: the report job did not write it.',
    })),
];

const weekIn = (key: string) => /\d{4}-\d\d-\d\d/.exec(key)?.[0] ?? 'all';

const notesOf = (weeks: readonly WeekVerification[]) =>
  weeks
    .flatMap(({ week, notes }) => notes.map((note) => ({ week, note })))
    .toSorted((a, b) => (a.week < b.week ? -1 : Number(a.week > b.week)));
