/** Totals of one provider's assets in one region. */
export interface StorageGroup {
  readonly provider: string;
  /** Null if the provider does not report a region. */
  readonly region: string | null;
  readonly assets: number;
  readonly bytes: number;
  /** Assets of unknown size; `bytes` does not include them. */
  readonly assetsWithoutBytes: number;
  readonly durationSeconds: number;
  /** Assets of unknown duration; `durationSeconds` does not include them. */
  readonly assetsWithoutDuration: number;
  readonly addedInWeek: number;
}

export type RegionStanding = 'allowed' | 'violation' | 'not-reported';

export interface ResidencyRow extends StorageGroup {
  readonly standing: RegionStanding;
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

/** Classifies a region. An unreported region is neither allowed nor a violation. */
function standingOf(region: string | null, allowedRegions: readonly string[]): RegionStanding {
  if (region === null) return 'not-reported';
  return allowedRegions.includes(region) ? 'allowed' : 'violation';
}

/** Sorts rows by standing (violations first), provider and region, and adds up the totals. */
export function summarize(groups: readonly StorageGroup[], allowedRegions: readonly string[]) {
  const rows = groups
    .map(
      (group): ResidencyRow => ({ ...group, standing: standingOf(group.region, allowedRegions) }),
    )
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        compare(a.provider, b.provider) ||
        compare(a.region ?? '', b.region ?? ''),
    );
  const sum = (key: Exclude<keyof StorageGroup, 'provider' | 'region'>) =>
    rows.reduce((total, row) => total + row[key], 0);
  const assetsOf = (standing: RegionStanding) =>
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

const standingOrder: readonly RegionStanding[] = ['violation', 'not-reported', 'allowed'];
const rank = ({ standing }: ResidencyRow) => standingOrder.indexOf(standing);
// Compares code units, so that the order does not depend on the machine's locale.
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
