import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import type { EvidenceFileName } from './evidence/evidence-files.ts';

export interface EvidenceFile {
  readonly name: EvidenceFileName;
  readonly key: string;
  /** Null if the bucket does not keep versions. */
  readonly versionId: string | null;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ReportRecord {
  readonly id: string;
  readonly sequence: number;
  /** Date of the Monday, such as `2026-11-16`. */
  readonly week: string;
  readonly generatedAt: Date;
  readonly bucket: string;
  readonly files: readonly EvidenceFile[];
  /** Hash of the JSON document. */
  readonly sha256: string;
  readonly previousSha256: string | null;
  readonly assets: number;
  readonly violations: number;
  /** Null for reports before version 2 of the document. */
  readonly notEstablished: number | null;
  /** Signature of report.json in base64. Null for reports before signatures. */
  readonly signature: string | null;
  readonly keyId: string | null;
}

const COLUMNS = `
  id, sequence, week::text as week, generated_at as "generatedAt", bucket, files, sha256,
  previous_sha256 as "previousSha256", assets::integer as assets,
  violations::integer as violations, not_established::integer as "notEstablished",
  signature, key_id as "keyId"`;

const ALL = `select ${COLUMNS} from portal.residency_reports order by sequence`;

// The transaction is idle while files are written to S3, and waits for a run that does the same.
const ALLOW_LONG_WAITS = `
  select set_config('idle_in_transaction_session_timeout', '120s', true),
         set_config('lock_timeout', '8s', true)`;

// A number of this system's own choice: residency reports are its only user.
const LOCK = `select pg_advisory_xact_lock(20260401)`;

/** Lets one run at a time extend the chain, until its transaction ends. */
export async function lockChain(tx: Queryable): Promise<void> {
  await Promise.all([tx.query(ALLOW_LONG_WAITS), tx.query(LOCK)]);
}

/** Returns all reports in the order of the chain. */
export async function findReports(db: Queryable): Promise<readonly ReportRecord[]> {
  return (await db.query<ReportRecord & Record<string, unknown>>(ALL)).rows;
}

const INSERT = `
  insert into portal.residency_reports
    (id, sequence, week, generated_at, bucket, files, sha256, previous_sha256, assets, violations,
     not_established, signature, key_id)
  values ($1::uuid, $2::integer, $3::date, $4::timestamptz, $5::text, $6::jsonb,
          $7::text, $8::text, $9::bigint, $10::bigint, $11::bigint, $12::text, $13::text)
  on conflict do nothing`;

/** @returns false if the week already has a report, or another report has this sequence number. */
export async function insertReport(db: Queryable, report: ReportRecord): Promise<boolean> {
  const { rowCount } = await db.query(INSERT, [
    report.id,
    report.sequence,
    report.week,
    report.generatedAt,
    report.bucket,
    jsonParameter(report.files),
    report.sha256,
    report.previousSha256,
    report.assets,
    report.violations,
    report.notEstablished,
    report.signature,
    report.keyId,
  ]);
  return rowCount === 1;
}
