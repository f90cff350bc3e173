import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PartReport, partNames } from '../report.ts';
import { amount, describe, limitText, ordered, spread, verdict } from '../table.ts';
import { capacityPage } from './capacity-page.ts';
import { markdownTable } from './markdown.ts';
import { plotTargets } from './plot.ts';
import { scalingPage } from './scaling-page.ts';

const root = join(import.meta.dirname, '../..');

const HEAD = `# Performance

Written by \`npm run bench -- --write-docs\` from what \`npm run bench -- <part> --save\` measured: no figure here is typed.
Ratios compare measurements of the same round; absolute figures hold for that machine only.

![Each figure against its target](performance.svg)
`;

/** The documents by their files, made of the results that are kept. */
export function composeDocs(): Readonly<Record<string, string>> {
  const results = join(root, 'bench/results');
  const reports = readdirSync(results)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')) as PartReport)
    .toSorted((one, other) => partNames.indexOf(one.part) - partNames.indexOf(other.part));
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const pages = [scalingPage(reports), capacityPage(reports, context.stages.prod)].filter(
    (page) => page !== undefined,
  );
  return {
    'docs/performance.md': [HEAD, ...reports.map(section), ...pages].join('\n'),
    'docs/performance.svg': plotTargets(reports),
  };
}

/** @returns the files that it wrote. */
export function writeDocs(): readonly string[] {
  const files = composeDocs();
  for (const [file, content] of Object.entries(files)) writeFileSync(join(root, file), content);
  return Object.keys(files);
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
  const table = markdownTable(['row', 'what', 'median', 'min–max', 'target', ''], rows);
  const notes = report.notes.map((note) => `- ${note}`);
  return [`## ${report.title}`, '', describe(report), '', ...table, '', ...notes, ''].join('\n');
}
