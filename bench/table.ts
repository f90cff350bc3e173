import { type Finding, type Limit, type PartReport, reached } from './report.ts';

/** Ratios and targets first: they are what carries over to another machine. */
export function printReport(report: PartReport): void {
  const { machine, findings, notes } = report;
  console.log(`\n${report.title}`);
  console.log(describe(report));
  const lines = ordered(findings).map((finding) => [
    finding.row === undefined ? '' : String(finding.row),
    finding.what,
    amount(finding.value.median, finding.unit),
    spread(finding),
    finding.target === undefined ? '' : limitText(finding.target),
    verdict(finding),
  ]);
  console.log(aligned([['row', 'what', 'median', 'min–max', 'target', ''], ...lines]));
  for (const note of notes) console.log(`- ${note}`);
  if (machine.loadAverage > machine.cores / 2)
    console.log(
      `- The machine was busy with other work (load ${machine.loadAverage.toFixed(1)}); take these figures again.`,
    );
}

export function describe({ machine, rounds, tookSeconds, takenAt }: PartReport): string {
  const { cpu, cores, memoryGb, system, node, postgres, fdatasyncUs } = machine;
  return (
    `${takenAt.slice(0, 16).replace('T', ' ')} UTC, ${rounds} rounds in ${tookSeconds} s, on ${cpu}, ${cores} cores, ${memoryGb} GB, ` +
    `${system}; Node ${node}, Postgres ${postgres}, fdatasync of 8 kB ${fdatasyncUs} µs`
  );
}

export function ordered(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ unit, target }: Finding) =>
    (target === undefined ? 2 : 0) + (unit === '×' ? 0 : 1);
  return findings.toSorted(
    (one, other) => rank(one) - rank(other) || (one.row ?? 99) - (other.row ?? 99),
  );
}

export function verdict(finding: Finding): string {
  const isReached = reached(finding);
  if (isReached === undefined) return '';
  return isReached ? 'reached' : 'NOT reached';
}

export const limitText = ({ atLeast, atMost }: Limit) =>
  [
    ...(atLeast === undefined ? [] : [`≥ ${atLeast}`]),
    ...(atMost === undefined ? [] : [`≤ ${atMost}`]),
  ].join(', ');

export function amount(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = Number.isInteger(value)
    ? value.toLocaleString('en')
    : value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return unit === '×' ? `${text}×` : `${text} ${unit}`.trim();
}

export function spread({ value: { min, max, rounds } }: Finding): string {
  return rounds === 1 ? '' : `${amount(min, '')}–${amount(max, '')}`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
    )
    .join('\n');
}
