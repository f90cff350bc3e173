/** Files of one report, with their content types. report.json contains the hashes of the others. */
export const evidenceFiles = {
  'report.json': 'application/json',
  'report.csv': 'text/csv; charset=utf-8',
  'report.html': 'text/html; charset=utf-8',
  'report.pdf': 'application/pdf',
  'report.sig': 'application/octet-stream',
} as const;

export type EvidenceFileName = keyof typeof evidenceFiles;

/** Files whose hashes report.json contains. */
export const coveredFiles = ['report.csv', 'report.html', 'report.pdf'] as const;

export const evidencePrefix = 'residency/';

/** One folder per week, named by its Monday. lib/evidence/evidence-bucket.ts grants these keys. */
export const evidenceKey = (week: string, name: EvidenceFileName): string =>
  `${evidencePrefix}${week}/${name}`;

const keyPattern = /^residency\/(?<week>\d{4}-\d\d-\d\d)\/(?<name>report\.[a-z]+)$/;

/** Returns undefined if the key belongs to no report. */
export function parseEvidenceKey(
  key: string,
): { readonly week: string; readonly name: EvidenceFileName } | undefined {
  const { week, name } = keyPattern.exec(key)?.groups ?? {};
  if (week === undefined || name === undefined || !(name in evidenceFiles)) return undefined;
  return { week, name: name as EvidenceFileName };
}
