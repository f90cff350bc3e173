import * as z from 'zod';
import { sha256 } from '../platform/evidence-signature.ts';
import { parseJson } from '../platform/json.ts';
import { daysAfter } from './reported-week.ts';
import type { EvidenceFile, ReportRecord } from './residency-reports.queries.ts';

/** Fields of report.json that are compared; its hash covers all other fields. */
const reportDocument = z.object({
  sequence: z.int(),
  week: z.object({ monday: z.iso.date() }),
  previous: z.object({ week: z.iso.date(), sha256: z.string() }).nullable(),
  files: z.record(z.string(), z.object({ sha256: z.string() })),
});

export interface ChainProblem {
  readonly week: string;
  readonly problem: string;
}

export interface ChainVerification {
  readonly reports: number;
  readonly files: number;
  readonly problems: readonly ChainProblem[];
  /**
   * Mondays between the first and the last report without a report. A missing week is no sign of
   * manipulation, but an operator should know the reason.
   */
  readonly missingWeeks: readonly string[];
  /**
   * Hash of the newest report. Compare it with the hash in the mail: a person who can change the
   * bucket cannot change the mail.
   */
  readonly head: { readonly week: string; readonly sha256: string } | undefined;
}

/** Fetches an object version. @returns undefined if the object version does not exist. */
export type FetchEvidence = (file: EvidenceFile) => Promise<Uint8Array | undefined>;

/** Reads every file of every report, and returns the problems of each report. */
export async function verifyResidencyChain(
  reports: readonly ReportRecord[],
  fetch: FetchEvidence,
): Promise<ChainVerification> {
  const problems: ChainProblem[] = [];
  let previous: ReportRecord | undefined;
  for (const report of reports) {
    const found = [
      ...checkPosition(report, previous),
      ...(await checkFiles(report, previous, fetch)),
    ];
    problems.push(...found.map((problem) => ({ week: report.week, problem })));
    previous = report;
  }
  const files = reports.reduce((total, report) => total + report.files.length, 0);
  const head = previous && { week: previous.week, sha256: previous.sha256 };
  return { reports: reports.length, files, problems, missingWeeks: missingWeeks(reports), head };
}

function missingWeeks(reports: readonly ReportRecord[]): string[] {
  const weeks = reports.map(({ week }) => week).sort();
  const [first = '', last = ''] = [weeks[0], weeks.at(-1)];
  const missing: string[] = [];
  for (let week = first; week < last; week = daysAfter(week, 7))
    if (!weeks.includes(week)) missing.push(week);
  return missing;
}

function checkPosition(report: ReportRecord, previous: ReportRecord | undefined): string[] {
  const expected = (previous?.sequence ?? 0) + 1;
  const problems: string[] = [];
  if (report.sequence !== expected)
    problems.push(`The sequence number is ${report.sequence}, but ${expected} was expected.`);
  if (previous !== undefined && report.week === previous.week)
    problems.push('This week has two reports.');
  if (report.previousSha256 !== (previous?.sha256 ?? null)) {
    problems.push('The hash of the previous report in the row differs from that report.');
  }
  return problems;
}

async function checkFiles(
  report: ReportRecord,
  previous: ReportRecord | undefined,
  fetch: FetchEvidence,
) {
  const problems: string[] = [];
  const hashes = new Map<string, string>();
  let document: Uint8Array | undefined;
  for (const file of report.files) {
    const content = await fetch(file);
    if (content === undefined) problems.push(`${file.name} is missing: ${file.key}.`);
    else hashes.set(file.name, sha256(content));
    if (content !== undefined && hashes.get(file.name) !== file.sha256) {
      problems.push(`${file.name} was changed: its hash differs from the row.`);
    }
    if (file.name === 'report.json') document = content;
  }
  for (const name of ['report.json', 'report.csv', 'report.html']) {
    if (!report.files.some((file) => file.name === name))
      problems.push(`The row does not list ${name}.`);
  }
  if (document !== undefined) problems.push(...checkDocument(document, hashes, report, previous));
  return problems;
}

function checkDocument(
  content: Uint8Array,
  hashes: ReadonlyMap<string, string>,
  report: ReportRecord,
  previous: ReportRecord | undefined,
): string[] {
  if (sha256(content) !== report.sha256) return ['The hash of report.json differs from the row.'];
  const parsed = reportDocument.safeParse(parseJson(Buffer.from(content).toString()));
  if (!parsed.success) return ['report.json is not a residency report.'];
  const { sequence, week, previous: link, files } = parsed.data;
  const problems: string[] = [];
  if (week.monday !== report.week || sequence !== report.sequence)
    problems.push('report.json belongs to another report.');
  if ((link?.sha256 ?? null) !== (previous?.sha256 ?? null)) {
    problems.push('The hash of the previous report in report.json differs from that report.');
  }
  for (const [name, hash] of hashes) {
    if (name !== 'report.json' && files[name]?.sha256 !== hash)
      problems.push(`The hash of ${name} in report.json differs from the file.`);
  }
  return problems;
}
