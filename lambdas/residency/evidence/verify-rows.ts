import type { ReportRecord } from '../residency-reports.queries.ts';
import type { EvidenceFinding, VerifiedReport } from './verification.ts';

/** Compares the table with the reports in the bucket, in both directions. */
export function verifyRows(
  rows: readonly ReportRecord[],
  reports: readonly VerifiedReport[],
): readonly EvidenceFinding[] {
  if (rows.length === 0 && reports.length > 0) {
    const weeks = reports.map(({ week }) => week).sort();
    return [
      {
        week: 'all',
        problem:
          `The table residency_reports is empty, but the bucket has ${reports.length} reports, ` +
          `for the weeks of ${weeks[0]} to ${weeks.at(-1)}: the rows were deleted.`,
      },
    ];
  }
  const byWeek = new Map(rows.map((row) => [row.week, row]));
  const inBucket = new Set(reports.map(({ week }) => week));
  return [
    ...reports.flatMap((report) => findings(report.week, compare(byWeek.get(report.week), report))),
    ...rows
      .filter(({ week }) => !inBucket.has(week))
      .flatMap(({ week }) =>
        findings(week, ['The table has a row for this week, but the bucket has no report of it.']),
      ),
  ];
}

const findings = (week: string, problems: readonly string[]): readonly EvidenceFinding[] =>
  problems.map((problem) => ({ week, problem }));

function compare(row: ReportRecord | undefined, report: VerifiedReport): readonly string[] {
  if (row === undefined)
    return ['The bucket has a report of this week, but the table has no row: the row was deleted.'];
  const differences = [
    ['sequence number', row.sequence, report.sequence],
    ['SHA-256', row.sha256, report.sha256],
    ['SHA-256 of the previous report', row.previousSha256, report.previous?.sha256 ?? null],
    ['time of generation', row.generatedAt.toISOString(), report.generatedAt.toISOString()],
    ['number of assets', row.assets, report.assets],
    ['number of violations', row.violations, report.violations],
    ['signature', row.signature, report.signature ?? null],
  ] as const;
  return [
    ...differences.flatMap(([name, inRow, inBucket]) => differs(name, inRow, inBucket)),
    ...compareFiles(row, report),
  ];
}

function compareFiles(row: ReportRecord, { files }: VerifiedReport): readonly string[] {
  const unlisted = files
    .filter(({ name }) => !row.files.some((file) => file.name === name))
    .map(({ name }) => `The row does not list ${name}.`);
  const different = row.files.flatMap((listed) => {
    const file = files.find(({ name }) => name === listed.name);
    if (file === undefined) return [`The bucket has no ${listed.name} that fits the report.`];
    return [
      ...differs(`version of ${listed.name}`, listed.versionId, file.versionId),
      ...differs(`SHA-256 of ${listed.name}`, listed.sha256, file.sha256),
    ];
  });
  return [...unlisted, ...different];
}

const differs = (name: string, inRow: unknown, inBucket: unknown): readonly string[] =>
  inRow === inBucket
    ? []
    : [`The ${name} in the row is ${inRow}, but in the bucket it is ${inBucket}.`];
