/** Assets of one provider in one region, as Postgres has added them up. */
export interface StorageGroup {
  readonly provider: string;
  /** Null where the provider does not say. */
  readonly region: string | null;
  readonly assets: number;
  readonly bytes: number;
  /** Assets whose size nobody has told us; `bytes` is without them. */
  readonly assetsWithoutBytes: number;
  readonly durationSeconds: number;
  /** Assets whose duration nobody has told us; `durationSeconds` is without them. */
  readonly assetsWithoutDuration: number;
  readonly addedInWeek: number;
}

export type Standing = 'allowed' | 'violation' | 'not-reported';

export interface ResidencyRow extends StorageGroup {
  readonly standing: Standing;
}

export interface ResidencyTotals {
  readonly assets: number;
  readonly bytes: number;
  readonly assetsWithoutBytes: number;
  readonly durationSeconds: number;
  readonly assetsWithoutDuration: number;
  readonly addedInWeek: number;
  readonly allowed: number;
  readonly violations: number;
  readonly notReported: number;
}

/** Whatever is not known to be allowed is said to be just that: a region that nobody reported is neither. */
export function standingOf(region: string | null, allowedRegions: readonly string[]): Standing {
  if (region === null) return 'not-reported';
  return allowedRegions.includes(region) ? 'allowed' : 'violation';
}

/** Violations first, then what is not known, then what is as it should be; each by provider and region. */
export function summarize(groups: readonly StorageGroup[], allowedRegions: readonly string[]) {
  const rows = groups
    .map(
      (group): ResidencyRow => ({ ...group, standing: standingOf(group.region, allowedRegions) }),
    )
    .sort(
      (a, b) =>
        order(a) - order(b) ||
        compare(a.provider, b.provider) ||
        compare(a.region ?? '', b.region ?? ''),
    );
  const sum = (key: Exclude<keyof StorageGroup, 'provider' | 'region'>) =>
    rows.reduce((total, row) => total + row[key], 0);
  const assetsOf = (standing: Standing) =>
    rows.reduce((total, row) => total + (row.standing === standing ? row.assets : 0), 0);
  const totals: ResidencyTotals = {
    assets: sum('assets'),
    bytes: sum('bytes'),
    assetsWithoutBytes: sum('assetsWithoutBytes'),
    durationSeconds: sum('durationSeconds'),
    assetsWithoutDuration: sum('assetsWithoutDuration'),
    addedInWeek: sum('addedInWeek'),
    allowed: assetsOf('allowed'),
    violations: assetsOf('violation'),
    notReported: assetsOf('not-reported'),
  };
  return { rows, totals };
}

const standings: readonly Standing[] = ['violation', 'not-reported', 'allowed'];
const order = ({ standing }: ResidencyRow) => standings.indexOf(standing);
// By code units: the same everywhere, whatever the machine's language.
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
