import * as z from 'zod';
import { parseJson } from '../platform/json.ts';
import { sha256 } from './documents.ts';
import { daysAfter } from './reported-week.ts';
import type { EvidenceFile, ReportRecord } from './residency-reports.queries.ts';

/** What a report's JSON document says of itself and its neighbours; whatever else it holds, its hash covers. */
const claims = z.object({
  sequence: z.int(),
  week: z.object({ monday: z.iso.date() }),
  previous: z.object({ week: z.iso.date(), sha256: z.string() }).nullable(),
  files: z.record(z.string(), z.object({ sha256: z.string() })),
});

export interface ChainProblem {
  readonly week: string;
  readonly problem: string;
}

export interface ChainVerdict {
  readonly reports: number;
  readonly files: number;
  readonly problems: readonly ChainProblem[];
  /** Mondays between the first report and the last for which there is none: a gap is no forgery, but has to be explained. */
  readonly missingWeeks: readonly string[];
  /** Of the newest report: compare it with the one in the mail, which nobody can change together with the bucket. */
  readonly head: { readonly week: string; readonly sha256: string } | undefined;
}

/** @returns undefined where it is not there. */
export type FetchEvidence = (file: EvidenceFile) => Promise<Uint8Array | undefined>;

/** Reads every file of every report, and says of each report what is wrong with it. */
export async function verifyResidencyChain(
  reports: readonly ReportRecord[],
  fetch: FetchEvidence,
): Promise<ChainVerdict> {
  const problems: ChainProblem[] = [];
  let previous: ReportRecord | undefined;
  for (const report of reports) {
    const found = [...checkPlace(report, previous), ...(await checkFiles(report, previous, fetch))];
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

function checkPlace(report: ReportRecord, previous: ReportRecord | undefined): string[] {
  const expected = (previous?.sequence ?? 0) + 1;
  const problems: string[] = [];
  if (report.sequence !== expected)
    problems.push(`It is number ${report.sequence}, and number ${expected} was expected.`);
  if (previous !== undefined && report.week === previous.week)
    problems.push('There are two reports of this week.');
  if (report.previousSha256 !== (previous?.sha256 ?? null)) {
    problems.push('Its row names another hash for the report before than that report has.');
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
      problems.push(`${file.name} is not what was written: its hash is another.`);
    }
    if (file.name === 'report.json') document = content;
  }
  for (const name of ['report.json', 'report.csv', 'report.html']) {
    if (!report.files.some((file) => file.name === name))
      problems.push(`Its row names no ${name}.`);
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
  if (sha256(content) !== report.sha256)
    return ['report.json does not have the hash that its row names.'];
  const parsed = claims.safeParse(readJson(content));
  if (!parsed.success) return ['report.json is not a residency report.'];
  const { sequence, week, previous: before, files } = parsed.data;
  const problems: string[] = [];
  if (week.monday !== report.week || sequence !== report.sequence)
    problems.push('report.json is that of another report.');
  if ((before?.sha256 ?? null) !== (previous?.sha256 ?? null)) {
    problems.push('report.json does not follow the report before it.');
  }
  for (const [name, hash] of hashes) {
    if (name !== 'report.json' && files[name]?.sha256 !== hash)
      problems.push(`report.json names another hash for ${name}.`);
  }
  return problems;
}

function readJson(content: Uint8Array): unknown {
  return parseJson(Buffer.from(content).toString());
}
