import type { EvidenceBucket, ReadVersion } from '../../platform/aws/evidence-bucket.ts';
import { mapConcurrently } from '../../platform/aws/map-concurrently.ts';
import type { EvidencePublicKey } from '../../platform/evidence-signature.ts';
import { parseJson } from '../../platform/json.ts';
import { reportDocument } from '../documents/report-document.ts';
import type { ReportRecord } from '../residency-reports.queries.ts';
import { readSignedReport } from './adopt-report.ts';
import { evidencePrefix } from './evidence-files.ts';
import { takeInventory, type WeekVersions } from './inventory.ts';
import { readReports } from './read-report.ts';
import { composeRecord } from './store-report.ts';

export interface RestorableReports {
  /** Rows of signed reports, oldest first. */
  readonly rows: readonly ReportRecord[];
  /** Weeks of the bucket without a row, which cannot be restored, each with the reason. */
  readonly notRestorable: readonly { readonly week: string; readonly reason: string }[];
}

const WEEKS_AT_ONCE = 16;

/**
 * Composes the rows of all signed reports in the bucket that the table lacks. Only the signature
 * counts: the row of a forged or unsigned report is never composed.
 */
export async function composeMissingRows(
  bucket: Pick<EvidenceBucket, 'name' | 'get' | 'listVersions'>,
  publicKey: EvidencePublicKey,
  existing: readonly ReportRecord[],
): Promise<RestorableReports> {
  const { weeks } = takeInventory(await bucket.listVersions(evidencePrefix));
  const known = new Set(existing.map(({ week }) => week));
  const missing = [...weeks]
    .filter(([week, files]) => !known.has(week) && files['report.json'] !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const read: ReadVersion = ({ key, versionId }) => bucket.get(key, versionId);
  const results = await mapConcurrently(missing, WEEKS_AT_ONCE, async ([week, files]) => ({
    week,
    row: await composeRow(week, files, { read, publicKey, bucket: bucket.name }),
  }));
  return {
    rows: results.flatMap(({ row }) => row ?? []),
    notRestorable: results
      .filter(({ row }) => row === undefined)
      .map(({ week }) => ({ week, reason: 'No report of this week is signed and complete.' })),
  };
}

interface ComposeDeps {
  readonly read: ReadVersion;
  readonly publicKey: EvidencePublicKey;
  readonly bucket: string;
}

async function composeRow(
  week: string,
  files: WeekVersions,
  { read, publicKey, bucket }: ComposeDeps,
): Promise<ReportRecord | undefined> {
  const found = await readReports(week, files, read, publicKey);
  const signed = found.find(
    ({ signature, document }) => signature !== undefined && document?.week.monday === week,
  );
  const adopted = signed && (await readSignedReport(signed, files, read));
  if (adopted === undefined) return undefined;
  const document = reportDocument.parse(parseJson(adopted.documents['report.json']));
  return composeRecord(document, adopted.evidence, bucket);
}
