import { sha256 } from '../platform/evidence-signature.ts';
import { htmlReport } from './html-report.ts';
import { REPORT_TIMEZONE } from './reported-week.ts';
import type { ResidencyFacts } from './residency-facts.ts';
import type { ResidencyRow } from './summarize.ts';

export interface Documents {
  readonly json: string;
  readonly csv: string;
  readonly html: string;
}

/**
 * Composes the three documents. The JSON document contains the hashes of the other two and of the
 * previous report, so its own hash covers all of them.
 */
export function composeDocuments(facts: ResidencyFacts): Documents {
  const { week } = facts;
  const csv = csvReport(facts.rows);
  const html = htmlReport(facts);
  const document = {
    schema: 'motion-mavericks.residency-report/1',
    stage: facts.stage,
    sequence: facts.sequence,
    week: { monday: week.monday, from: week.from, to: week.to, timezone: REPORT_TIMEZONE },
    generatedAt: facts.generatedAt,
    allowedRegions: facts.allowedRegions,
    totals: facts.totals,
    rows: facts.rows,
    violations: { total: facts.totals.violations, listed: facts.misplaced },
    webhookBodies: { retentionDays: facts.retentionDays, held: facts.storedBodies },
    previous: facts.previous,
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

/** Composes CSV: https://www.rfc-editor.org/rfc/rfc4180 */
export function csvReport(rows: readonly ResidencyRow[]): string {
  const lines = rows.map((row) =>
    columns.map((column) =>
      csvCell(column === 'region' ? (row.region ?? 'not reported by the provider') : row[column]),
    ),
  );
  return `${[columns, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  // Spreadsheets evaluate text that begins like a formula:
  // https://owasp.org/www-community/attacks/CSV_Injection
  const escaped = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}
