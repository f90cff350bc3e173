import type { ReportedWeek } from './reported-week.ts';
import type { MisplacedAsset, StoredBodies } from './residency.queries.ts';
import type { ResidencyRow, ResidencyTotals } from './summarize.ts';

/** Facts of one week, from which the three documents are composed. */
export interface ResidencyFacts {
  readonly stage: string;
  readonly sequence: number;
  readonly week: ReportedWeek;
  readonly generatedAt: Date;
  readonly allowedRegions: readonly string[];
  readonly rows: readonly ResidencyRow[];
  readonly totals: ResidencyTotals;
  /** Up to 1,000 assets outside the allowed regions; `totals.violations` counts all of them. */
  readonly misplaced: readonly MisplacedAsset[];
  readonly storedBodies: readonly StoredBodies[];
  readonly retentionDays: { readonly webhookBodies: number; readonly webhookEvents: number };
  readonly previous: { readonly week: string; readonly sha256: string } | null;
}
