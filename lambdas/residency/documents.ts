import { createHash } from 'node:crypto';
import { htmlReport } from './html-report.ts';
import { REPORT_TIMEZONE } from './reported-week.ts';
import type { ResidencyFacts } from './residency-facts.ts';
import type { ResidencyRow } from './summarize.ts';

export interface Documents {
  readonly json: string;
  readonly csv: string;
  readonly html: string;
}

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** The JSON document holds the hashes of the other two and of the report before, so its own hash stands for all. */
export function composeDocuments(facts: ResidencyFacts): Documents {
  const csv = csvReport(facts.rows);
  const html = htmlReport(facts);
  const { week, generatedAt, bodies, misplaced, retentionDays, ...said } = facts;
  const document = {
    schema: 'motion-mavericks.residency-report/1',
    stage: said.stage,
    sequence: said.sequence,
    week: { monday: week.monday, from: week.from, to: week.to, timezone: REPORT_TIMEZONE },
    generatedAt,
    allowedRegions: said.allowedRegions,
    totals: said.totals,
    rows: said.rows,
    violations: { total: said.totals.violations, listed: misplaced },
    webhookBodies: { retentionDays, held: bodies },
    previous: said.previous,
    files: { 'report.csv': { sha256: sha256(csv) }, 'report.html': { sha256: sha256(html) } },
  };
  return { json: `${JSON.stringify(document, null, 2)}\n`, csv, html };
}

const columns = [
  'provider',
  'region',
  'standing',
  'assets',
  'bytes',
  'assetsWithoutBytes',
  'durationSeconds',
  'assetsWithoutDuration',
  'addedInWeek',
] as const satisfies readonly (keyof ResidencyRow)[];

/** https://www.rfc-editor.org/rfc/rfc4180 */
export function csvReport(rows: readonly ResidencyRow[]): string {
  const lines = rows.map((row) =>
    columns.map((column) =>
      cell(column === 'region' ? (row.region ?? 'not reported by the provider') : row[column]),
    ),
  );
  return `${[columns, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`;
}

function cell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  // A spreadsheet runs what begins like a formula: https://owasp.org/www-community/attacks/CSV_Injection
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
