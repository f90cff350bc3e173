import type { Finding, Limit, Summary } from './report.ts';

export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new Error('Nothing was measured.');
  const sorted = values.toSorted((one, other) => one - other);
  return {
    median: percentile(sorted, 0.5),
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    rounds: sorted.length,
  };
}

/** @param sorted Ascending. Between two values the one of them that `share` is nearer to is mixed in more. */
export function percentile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** What each variant gave in each round; rounds take all variants in turn, so that those of one round are neighbours. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(name: string, value: number): void {
    const values = this.#values.get(name) ?? [];
    values.push(value);
    this.#values.set(name, values);
  }

  of(name: string): readonly number[] {
    const values = this.#values.get(name);
    if (values === undefined) throw new Error(`${name} was not measured.`);
    return values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  figure(
    name: string,
    what: string,
    unit: string,
    target?: Limit & { readonly row?: number },
  ): Finding {
    return { id: name, ...finding(what, unit, this.of(name), target) };
  }

  /** Of the same rounds: the machine's moods are in both. */
  ratio(
    name: string,
    base: string,
    what: string,
    target?: Limit & { readonly row?: number },
  ): Finding {
    const bases = this.of(base);
    const ratios = this.of(name).map((value, round) => value / (bases[round] ?? Number.NaN));
    return { id: `${name} / ${base}`, ...finding(what, '×', ratios, target) };
  }
}

export function finding(
  what: string,
  unit: string,
  values: readonly number[],
  target: Limit & { readonly row?: number } = {},
): Finding {
  const { row, ...limit } = target;
  return {
    ...(row === undefined ? {} : { row }),
    ...{ what, unit, value: summarize(values) },
    ...(Object.keys(limit).length === 0 ? {} : { target: limit }),
  };
}
