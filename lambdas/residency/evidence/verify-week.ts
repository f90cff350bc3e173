import type { ReadVersion, StoredVersion } from '../../platform/aws/evidence-bucket.ts';
import { type EvidencePublicKey, sha256 as hashOf } from '../../platform/evidence-signature.ts';
import type { ReportRecord } from '../residency-reports.queries.ts';
import { isOfChain } from './chain-head.ts';
import { versionsOf, type WeekVersions } from './inventory.ts';
import { type FoundReport, readReports } from './read-report.ts';
import type { VerifiedReport } from './verification.ts';
import { checkFiles, explainOtherVersions } from './verify-files.ts';
import { checkStorageTime } from './verify-times.ts';

export interface WeekVerification {
  readonly week: string;
  /** Undefined if the week has no readable report. */
  readonly report: VerifiedReport | undefined;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Reads and verifies the files of one week. */
export async function verifyWeek(
  week: string,
  versions: WeekVersions,
  { rows, read, publicKey }: VerifyWeekDeps,
): Promise<WeekVerification> {
  const found = await readReports(week, versions, read, publicKey);
  const report = chooseReport(found, rows);
  if (report === undefined) return { week, report, ...explainMissing(week, versions) };
  const others = explainOthers(report, found);
  const { document } = report;
  if (document === undefined)
    return { week, report: undefined, ...others, problems: [...others.problems, NO_REPORT] };
  const files = await checkFiles(report.version, document.files, versions, read);
  const signatures = explainSignatures(report, versions);
  const times = checkStorageTime(week, document.generatedAt, report.version.lastModified);
  const moved =
    document.week.monday === week
      ? []
      : [`${at(report)} is the report of the week of ${document.week.monday}.`];
  return {
    week,
    report: toVerified(report, document, files.files),
    problems: [
      ...moved,
      ...others.problems,
      ...signatures.problems,
      ...files.problems,
      ...times.problems,
    ],
    notes: [...others.notes, ...signatures.notes, ...files.notes, ...times.notes],
  };
}

export interface VerifyWeekDeps {
  readonly rows: readonly ReportRecord[];
  readonly read: ReadVersion;
  readonly publicKey: EvidencePublicKey;
}

const NO_REPORT = 'report.json is not a residency report.';

const at = ({ version }: Pick<FoundReport, 'version'>) => version.key;

/** Prefers the signed report of this week, then the one that the row confirms, then the newest. */
const chooseReport = (
  found: readonly FoundReport[],
  rows: readonly ReportRecord[],
): FoundReport | undefined =>
  found.find((one) => one.signature !== undefined && isOfChain(one, [])) ??
  found.find(({ signature }) => signature !== undefined) ??
  found.find((one) => isOfChain(one, rows)) ??
  found[0];

function explainMissing(week: string, versions: WeekVersions) {
  if (versionsOf(versions, 'report.json').length > 0)
    return { problems: [`residency/${week}/report.json cannot be read.`], notes: [] };
  return { problems: [], notes: ['A run ended before it wrote report.json of this week.'] };
}

/** Explains the versions of report.json that are not the report of the week. */
function explainOthers(report: FoundReport, found: readonly FoundReport[]) {
  const problems: string[] = [];
  const notes: string[] = [];
  for (const other of found.filter((one) => one !== report)) {
    const { versionId, lastModified } = other.version;
    const storedAt = lastModified?.toISOString();
    const version = `Version ${versionId} of ${at(other)}, stored at ${storedAt},`;
    const isLater = (lastModified?.getTime() ?? 0) > (report.version.lastModified?.getTime() ?? 0);
    if (other.signature !== undefined) problems.push(`${version} is a second signed report.`);
    else if (report.signature !== undefined || isLater)
      problems.push(`${version} has no valid signature: the report job did not write it.`);
    else notes.push(`${version} was left by a run before reports were signed.`);
  }
  return { problems, notes };
}

const explainSignature = ({ key }: StoredVersion) =>
  `${key} does not sign report.json with this public key.`;

/** Explains versions of report.sig that do not sign the report. */
const explainSignatures = ({ version, signature }: FoundReport, versions: WeekVersions) =>
  signature === undefined
    ? { problems: versionsOf(versions, 'report.sig').slice(0, 1).map(explainSignature), notes: [] }
    : explainOtherVersions(signature.version, versionsOf(versions, 'report.sig'), version);

const toVerified = (
  { week, version, sha256, signature }: FoundReport,
  document: NonNullable<FoundReport['document']>,
  files: VerifiedReport['files'],
): VerifiedReport => ({
  week,
  sequence: document.sequence,
  sha256,
  previous: document.previous,
  isSigned: signature !== undefined,
  generatedAt: document.generatedAt,
  storedAt: version.lastModified,
  assets: document.totals.assets,
  violations: document.totals.violations,
  versionId: version.versionId,
  signature: signature && Buffer.from(signature.content).toString('base64'),
  files: [
    { name: 'report.json', versionId: version.versionId, sha256 },
    ...files,
    ...(signature === undefined
      ? []
      : [
          {
            name: 'report.sig',
            versionId: signature.version.versionId,
            sha256: hashOf(signature.content),
          },
        ]),
  ],
});
