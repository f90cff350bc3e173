/** Row in the table of targets, direction and bound. */
export type Target = readonly [row: number, direction: '≤' | '≥', bound: number];

export interface Finding {
  readonly what: string;
  /** `×` marks the ratio of two measurements of the same round. */
  readonly unit: string;
  /** One value for each round, or one in all. */
  readonly values: readonly number[];
  readonly target: Target | undefined;
}

export interface BenchOptions {
  readonly rounds: number;
  readonly quick: boolean;
  /** Duration of one variant in one round. */
  readonly sliceSeconds: number;
  progress(text: string): void;
}

export interface Part {
  readonly name: string;
  readonly title: string;
  run(options: BenchOptions): Promise<readonly Finding[]>;
}

/** Interpolates linearly between neighbours. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** Values by name in the order of the rounds; equal indexes were measured next to each other. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(name: string, value: number): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  figure(name: string, what: string, unit: string, target?: Target): Finding {
    return { what, unit, values: this.#values.get(name) ?? [], target };
  }

  /** Divides values of the same round, which cancels most of the machine's drift. */
  ratio(name: string, base: string, what: string, target?: Target): Finding {
    const bases = this.#values.get(base) ?? [];
    const values = this.#values.get(name) ?? [];
    const ratios = values.map((value, round) => value / Number(bases[round]));
    return { what, unit: '×', values: ratios.filter(Number.isFinite), target };
  }
}

const HEAD = ['row', 'what', 'median', 'min–max', 'target', 'reached'];

/** Writes findings as a Markdown table in the order of the rows. Empty findings are left out. */
export function markdownTable(findings: readonly Finding[]): string {
  const rowOf = ({ target }: Finding) => target?.[0] ?? 100;
  const measured = findings.filter(({ values }) => values.length > 0);
  const ordered = measured.toSorted((one, other) => rowOf(one) - rowOf(other));
  const rows = [HEAD, HEAD.map(() => '---'), ...ordered.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function cells({ what, unit, values, target }: Finding): readonly string[] {
  const median = percentile(values, 0.5);
  const range = [Math.min(...values), Math.max(...values)].map((value) => amount(value, ''));
  const figures = [amount(median, unit), values.length === 1 ? '' : range.join('–')];
  if (target === undefined) return ['', what, ...figures, '', ''];
  const [row, direction, bound] = target;
  const isReached = direction === '≤' ? median <= bound : median >= bound;
  return [String(row), what, ...figures, `${direction} ${bound}`, isReached ? 'yes' : '**no**'];
}

function amount(value: number, unit: string): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return unit === '×' ? `${text}×` : `${text} ${unit}`.trim();
}
