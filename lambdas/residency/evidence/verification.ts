/** A finding, with the week of the report that it concerns. */
export interface EvidenceFinding {
  /** Monday of the week; `all` if the finding concerns the whole chain. */
  readonly week: string;
  readonly problem: string;
}

export interface EvidenceNote {
  readonly week: string;
  readonly note: string;
}

/**
 * `intact`: no problem, and the newest report is signed. `unsigned`: no problem, but nothing proves
 * that the reports are the original ones. `empty`: there is no report yet.
 */
export type ChainState = 'intact' | 'broken' | 'unsigned' | 'empty';

export interface EvidenceVerification {
  readonly chain: ChainState;
  readonly checked: CheckedEvidence;
  /** Checks that were not possible, each with the reason. */
  readonly notChecked: readonly string[];
  /** First week whose report is signed. Reports before it are protected by its hash only. */
  readonly signedSince: string | undefined;
  readonly unsignedReports: number;
  /** SHA-256 of the public key. Compare it with the one in a mail or in a contract. */
  readonly publicKeySha256: string;
  /** Hash of the newest report. Compare it with the one in its mail. */
  readonly head: { readonly week: string; readonly sha256: string } | undefined;
  /** Facts that prove no manipulation, such as a report that was made up later. */
  readonly notes: readonly EvidenceNote[];
  readonly problems: readonly EvidenceFinding[];
}

export interface CheckedEvidence {
  readonly reports: number;
  readonly firstWeek: string | undefined;
  readonly lastWeek: string | undefined;
  readonly signatures: number;
  readonly files: number;
  readonly versions: number;
  /** Rows of residency_reports; undefined without access to the database. */
  readonly rows: number | undefined;
}

/** A report as the bucket holds it. */
export interface VerifiedReport {
  readonly week: string;
  readonly sequence: number;
  readonly sha256: string;
  readonly previous: { readonly week: string; readonly sha256: string } | null;
  readonly isSigned: boolean;
  readonly generatedAt: Date;
  readonly storedAt: Date | undefined;
  readonly assets: number;
  readonly violations: number;
  readonly versionId: string | null;
  /** Signature in base64. */
  readonly signature: string | undefined;
  /** Files whose content has the hash that report.json names. */
  readonly files: readonly VerifiedFile[];
}

export interface VerifiedFile {
  readonly name: string;
  readonly versionId: string | null;
  readonly sha256: string;
}
