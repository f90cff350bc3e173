import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';

export interface EvidenceFile {
  readonly name: 'report.json' | 'report.csv' | 'report.html';
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
}

const COLUMNS = `
  id, sequence, week::text as week, generated_at as "generatedAt", bucket, files, sha256,
  previous_sha256 as "previousSha256", assets::integer as assets,
  violations::integer as violations`;

const BY_WEEK = `select ${COLUMNS} from portal.residency_reports where week = $1::date`;
const NEWEST = `select ${COLUMNS} from portal.residency_reports order by sequence desc limit 1`;
const ALL = `select ${COLUMNS} from portal.residency_reports order by sequence`;

const queryOne = async (db: Queryable, statement: string, values: readonly unknown[] = []) =>
  (await db.query<ReportRecord & Record<string, unknown>>(statement, values)).rows[0];

export const findReport = (db: Queryable, week: string): Promise<ReportRecord | undefined> =>
  queryOne(db, BY_WEEK, [week]);
export const findNewestReport = (db: Queryable): Promise<ReportRecord | undefined> =>
  queryOne(db, NEWEST);

/** Returns all reports in the order of the chain. */
export async function findReports(db: Queryable): Promise<readonly ReportRecord[]> {
  return (await db.query<ReportRecord & Record<string, unknown>>(ALL)).rows;
}

const INSERT = `
  insert into portal.residency_reports
    (id, sequence, week, generated_at, bucket, files, sha256, previous_sha256, assets, violations)
  values ($1::uuid, $2::integer, $3::date, $4::timestamptz, $5::text, $6::jsonb,
          $7::text, $8::text, $9::bigint, $10::bigint)
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
  ]);
  return rowCount === 1;
}
