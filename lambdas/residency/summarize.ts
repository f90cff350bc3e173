/**
 * Result of comparing a region with the allowed regions. The words are the same in JSON, CSV, HTML,
 * PDF and mail. An unknown region is neither allowed nor a violation, but it is a finding.
 */
export const verdicts = ['violation', 'not established', 'allowed'] as const;
export type Verdict = (typeof verdicts)[number];

/** Origin of a region: the provider's answer, an operator's declaration, or nothing. */
export const regionBases = ['reported', 'declared', 'unknown'] as const;
export type RegionBasis = (typeof regionBases)[number];

/** Totals of one provider's assets in one region. */
export interface StorageGroup {
  readonly provider: string;
  /** Null if the region is unknown. */
  readonly region: string | null;
  readonly basis: RegionBasis;
  readonly assets: number;
  readonly bytes: number;
  /** Assets of unknown size; `bytes` does not include them. */
  readonly assetsWithoutBytes: number;
  readonly durationSeconds: number;
  /** Assets of unknown duration; `durationSeconds` does not include them. */
  readonly assetsWithoutDuration: number;
  readonly addedInWeek: number;
  /** Assets whose provider reports another region than the declaration names. */
  readonly contradicted: number;
}

export interface ResidencyRow extends StorageGroup {
  readonly verdict: Verdict;
}

export interface ResidencyTotals {
  readonly assets: number;
  readonly bytes: number;
  readonly assetsWithoutBytes: number;
  readonly durationSeconds: number;
  readonly assetsWithoutDuration: number;
  readonly addedInWeek: number;
  readonly contradicted: number;
  readonly allowed: number;
  readonly violations: number;
  readonly notEstablished: number;
  readonly reported: number;
  readonly declared: number;
  readonly unknown: number;
}

export interface ResidencySummary {
  /** The worst verdict of any asset. */
  readonly verdict: Verdict;
  readonly rows: readonly ResidencyRow[];
  readonly totals: ResidencyTotals;
}

function verdictOf(region: string | null, allowedRegions: readonly string[]): Verdict {
  if (region === null) return 'not established';
  return allowedRegions.includes(region) ? 'allowed' : 'violation';
}

/** Sorts rows by verdict (violations first), provider, region and basis, and adds up the totals. */
export function summarize(
  groups: readonly StorageGroup[],
  allowedRegions: readonly string[],
): ResidencySummary {
  const rows = groups
    .map((group): ResidencyRow => ({ ...group, verdict: verdictOf(group.region, allowedRegions) }))
    .sort(
      (a, b) =>
        verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
        compare(a.provider, b.provider) ||
        compare(a.region ?? '', b.region ?? '') ||
        compare(a.basis, b.basis),
    );
  return { verdict: rows[0]?.verdict ?? 'allowed', rows, totals: addUp(rows) };
}

function addUp(rows: readonly ResidencyRow[]): ResidencyTotals {
  const sum = (key: Exclude<keyof StorageGroup, 'provider' | 'region' | 'basis'>) =>
    rows.reduce((total, row) => total + row[key], 0);
  const assetsWhere = (matches: (row: ResidencyRow) => boolean) =>
    rows.reduce((total, row) => total + (matches(row) ? row.assets : 0), 0);
  return {
    assets: sum('assets'),
    bytes: sum('bytes'),
    assetsWithoutBytes: sum('assetsWithoutBytes'),
    durationSeconds: sum('durationSeconds'),
    assetsWithoutDuration: sum('assetsWithoutDuration'),
    addedInWeek: sum('addedInWeek'),
    contradicted: sum('contradicted'),
    allowed: assetsWhere(({ verdict }) => verdict === 'allowed'),
    violations: assetsWhere(({ verdict }) => verdict === 'violation'),
    notEstablished: assetsWhere(({ verdict }) => verdict === 'not established'),
    reported: assetsWhere(({ basis }) => basis === 'reported'),
    declared: assetsWhere(({ basis }) => basis === 'declared'),
    unknown: assetsWhere(({ basis }) => basis === 'unknown'),
  };
}

// Compares code units, so that the order does not depend on the machine's locale.
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
