import type { EvidenceBucket } from '../../platform/aws/evidence-bucket.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import { type EvidenceSigner, sha256 } from '../../platform/evidence-signature.ts';
import type { Documents } from '../documents/compose-documents.ts';
import type { ReportDocument } from '../documents/report-document.ts';
import type { EvidenceFile, ReportRecord } from '../residency-reports.queries.ts';
import {
  coveredFiles,
  type EvidenceFileName,
  evidenceFiles,
  evidenceKey,
} from './evidence-files.ts';

export interface StoreReportDeps {
  readonly bucket: EvidenceBucket;
  readonly signer: EvidenceSigner;
}

export interface StoredEvidence {
  readonly files: readonly EvidenceFile[];
  readonly sha256: string;
  /** Signature of report.json in base64. */
  readonly signature: string;
  readonly keyId: string;
}

/**
 * Writes the files of a report. report.json comes last and commits the report: before it, the week
 * has no report, and the next run writes all files again.
 * @throws ObjectExistsError if another run has written report.json of this week. `replacesForgery`
 * writes a further version, for a week whose report.json is not signed.
 */
export async function storeReport(
  { bucket, signer }: StoreReportDeps,
  week: string,
  documents: Documents,
  { replacesForgery }: { readonly replacesForgery: boolean },
): Promise<StoredEvidence> {
  const hash = sha256(documents['report.json']);
  const signature = await signer.sign(hash);
  const put = async (name: EvidenceFileName, content: string | Uint8Array, ifAbsent = false) => {
    const file = { name, key: evidenceKey(week, name), sha256: sha256(content) };
    const contentType = evidenceFiles[name];
    const versionId = await bucket.put({ ...file, content, contentType, ifAbsent });
    return { ...file, versionId, bytes: Buffer.byteLength(content) };
  };
  const others = await Promise.all([
    ...coveredFiles.map((name) => put(name, documents[name])),
    put('report.sig', signature),
  ]);
  const json = await put('report.json', documents['report.json'], !replacesForgery);
  return {
    files: [json, ...others],
    sha256: hash,
    signature: Buffer.from(signature).toString('base64'),
    keyId: signer.keyId,
  };
}

/** Composes the row of a stored report. */
export function composeRecord(
  document: ReportDocument,
  { files, sha256: hash, signature, keyId }: StoredEvidence,
  bucket: string,
): ReportRecord {
  const { stage, week, sequence, generatedAt, previous, totals } = document;
  return {
    id: deterministicUuid('residency-report', stage, week.monday),
    sequence,
    week: week.monday,
    generatedAt,
    bucket,
    files,
    sha256: hash,
    previousSha256: previous?.sha256 ?? null,
    assets: totals.assets,
    violations: totals.violations,
    notEstablished: totals.notEstablished,
    signature,
    keyId,
  };
}
