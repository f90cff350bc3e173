import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartReport } from '../report.ts';
import { amount, describe, limitText, ordered, spread, verdict } from '../table.ts';

const root = join(import.meta.dirname, '../..');

const HEAD = `# Performance

Written by \`npm run bench -- --write-docs\` from what \`npm run bench -- <part> --save\` measured: no figure here is typed.
Ratios compare measurements of the same round; absolute figures hold for that machine only. A part that has no section here
has not been measured on a quiet machine yet; \`npm run bench -- --help\` names all parts.
`;

/** @returns the files that it wrote. */
export function writeDocs(): readonly string[] {
  const results = join(root, 'bench/results');
  const reports = readdirSync(results)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')) as PartReport);
  const file = 'docs/performance.md';
  writeFileSync(join(root, file), [HEAD, ...reports.map(section)].join('\n'));
  return [file];
}

function section(report: PartReport): string {
  const rows = ordered(report.findings).map((finding) => [
    finding.row === undefined ? '' : String(finding.row),
    finding.what,
    amount(finding.value.median, finding.unit),
    spread(finding),
    finding.target === undefined ? '' : limitText(finding.target),
    verdict(finding),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    ['row', 'what', 'median', 'min–max', 'target', ''],
    ['---', '---', '---', '---', '---', '---'],
    ...rows,
  ];
  const notes = report.notes.map((note) => `- ${note}`);
  return [`## ${report.title}`, '', describe(report), '', ...table.map(line), '', ...notes, ''].join('\n');
}
