import type { ReadVersion, StoredVersion } from '../../platform/aws/evidence-bucket.ts';
import { type EvidencePublicKey, isSignedBy, sha256 } from '../../platform/evidence-signature.ts';
import { parseJson } from '../../platform/json.ts';
import { type AnyReportDocument, anyReportDocument } from '../documents/report-document.ts';
import { versionsOf, type WeekVersions } from './inventory.ts';

/** One version of report.json. */
export interface FoundReport {
  readonly week: string;
  readonly version: StoredVersion;
  readonly content: Uint8Array;
  readonly sha256: string;
  /** Undefined if the content is not a residency report. */
  readonly document: AnyReportDocument | undefined;
  /** Version of report.sig that signs the content; undefined if none does. */
  readonly signature: FoundSignature | undefined;
}

export interface FoundSignature {
  readonly version: StoredVersion;
  readonly content: Uint8Array;
}

/** Reads every version of report.json of one week, newest first, and verifies the signatures. */
export async function readReports(
  week: string,
  versions: WeekVersions,
  read: ReadVersion,
  publicKey: EvidencePublicKey,
): Promise<readonly FoundReport[]> {
  const contents = await readAll(versionsOf(versions, 'report.json'), read);
  const signatures = await readAll(versionsOf(versions, 'report.sig'), read);
  return contents.map(({ version, content }) => ({
    week,
    version,
    content,
    sha256: sha256(content),
    document: parseDocument(content),
    signature: signatures.find((signature) => isSignedBy(publicKey, content, signature.content)),
  }));
}

function parseDocument(content: Uint8Array): AnyReportDocument | undefined {
  const parsed = anyReportDocument.safeParse(parseJson(Buffer.from(content).toString()));
  return parsed.success ? parsed.data : undefined;
}

export async function readAll(
  versions: readonly StoredVersion[],
  read: ReadVersion,
): Promise<readonly { readonly version: StoredVersion; readonly content: Uint8Array }[]> {
  const found = await Promise.all(
    versions.map(async (version) => ({ version, content: await read(version) })),
  );
  return found.flatMap(({ version, content }) =>
    content === undefined ? [] : [{ version, content }],
  );
}
