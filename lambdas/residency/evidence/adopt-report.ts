import type { ReadVersion } from '../../platform/aws/evidence-bucket.ts';
import { sha256 } from '../../platform/evidence-signature.ts';
import type { Documents } from '../documents/compose-documents.ts';
import { reportDocument } from '../documents/report-document.ts';
import type { EvidenceFile } from '../residency-reports.queries.ts';
import { coveredFiles, type EvidenceFileName } from './evidence-files.ts';
import { versionsOf, type WeekVersions } from './inventory.ts';
import { type FoundReport, readAll } from './read-report.ts';
import type { StoredEvidence } from './store-report.ts';

export interface AdoptedReport {
  readonly documents: Documents;
  readonly evidence: StoredEvidence;
}

/**
 * Reads a signed report again whose row was never written: the run ended between the last upload
 * and the commit. @returns undefined if a file of the report is missing.
 */
export async function readSignedReport(
  { content, version, signature }: FoundReport,
  versions: WeekVersions,
  read: ReadVersion,
): Promise<AdoptedReport | undefined> {
  const document = reportDocument.safeParse(JSON.parse(Buffer.from(content).toString()));
  if (!document.success || signature === undefined) return undefined;
  const { files, signature: signing } = document.data;
  const covered = await Promise.all(
    coveredFiles.map(async (name) => {
      const found = await readAll(versionsOf(versions, name), read);
      return found.find((one) => sha256(one.content) === files[name]?.sha256);
    }),
  );
  const [csv, html, pdf] = covered;
  if (csv === undefined || html === undefined || pdf === undefined) return undefined;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  return {
    documents: {
      'report.json': text(content),
      'report.csv': text(csv.content),
      'report.html': text(html.content),
      'report.pdf': pdf.content,
    },
    evidence: {
      files: [
        toFile('report.json', { version, content }),
        toFile('report.csv', csv),
        toFile('report.html', html),
        toFile('report.pdf', pdf),
        toFile('report.sig', signature),
      ],
      sha256: sha256(content),
      signature: Buffer.from(signature.content).toString('base64'),
      keyId: signing.keyId,
    },
  };
}

const toFile = (
  name: EvidenceFileName,
  { version, content }: Pick<FoundReport, 'version' | 'content'>,
): EvidenceFile => ({
  name,
  key: version.key,
  versionId: version.versionId,
  sha256: sha256(content),
  bytes: content.byteLength,
});
