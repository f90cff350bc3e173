import type { Queryable } from '../platform/postgres/database.ts';

export interface EvidenceFile {
  readonly name: 'report.json' | 'report.csv' | 'report.html';
  readonly key: string;
  /** Null where the store keeps no versions. */
  readonly versionId: string | null;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ReportRecord {
  readonly id: string;
  readonly sequence: number;
  /** The Monday, `2026-11-16`. */
  readonly week: string;
  readonly generatedAt: Date;
  readonly bucket: string;
  readonly files: readonly EvidenceFile[];
  /** Of the JSON document. */
  readonly sha256: string;
  readonly previousSha256: string | null;
  readonly assets: number;
  readonly violations: number;
}

const COLUMNS = `
  id, sequence, week::text as week, generated_at as "generatedAt", bucket, files, sha256,
  previous_sha256 as "previousSha256", assets::integer as assets, violations::integer as violations`;

const BY_WEEK = `select ${COLUMNS} from portal.residency_reports where week = $1::date`;
const NEWEST = `select ${COLUMNS} from portal.residency_reports order by sequence desc limit 1`;
const ALL = `select ${COLUMNS} from portal.residency_reports order by sequence`;

const one = async (db: Queryable, statement: string, values: readonly unknown[] = []) =>
  (await db.query<ReportRecord & Record<string, unknown>>(statement, values)).rows[0];

export const findReport = (db: Queryable, week: string): Promise<ReportRecord | undefined> =>
  one(db, BY_WEEK, [week]);
export const findNewestReport = (db: Queryable): Promise<ReportRecord | undefined> =>
  one(db, NEWEST);

/** In the chain's order. */
export async function findReports(db: Queryable): Promise<readonly ReportRecord[]> {
  return (await db.query<ReportRecord & Record<string, unknown>>(ALL)).rows;
}

const INSERT = `
  insert into portal.residency_reports
    (id, sequence, week, generated_at, bucket, files, sha256, previous_sha256, assets, violations)
  values ($1::uuid, $2::integer, $3::date, $4::timestamptz, $5::text, $6::jsonb, $7::text, $8::text, $9::bigint, $10::bigint)
  on conflict do nothing`;

/** @returns false when the week has its report, or another report has taken this place in the chain. */
export async function insertReport(db: Queryable, report: ReportRecord): Promise<boolean> {
  const {
    id,
    sequence,
    week,
    generatedAt,
    bucket,
    files,
    sha256,
    previousSha256,
    assets,
    violations,
  } = report;
  const values = [id, sequence, week, generatedAt, bucket, JSON.stringify(files)];
  const { rowCount } = await db.query(INSERT, [
    ...values,
    sha256,
    previousSha256,
    assets,
    violations,
  ]);
  return rowCount === 1;
}
