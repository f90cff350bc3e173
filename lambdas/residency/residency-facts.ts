import type { RegionDeclaration } from './region-declarations.queries.ts';
import type { ReportedWeek } from './reported-week.ts';
import type { MisplacedAsset, StoredBodies } from './residency.queries.ts';
import type { ResidencySummary } from './summarize.ts';

/** Figures of one week, read from the database. */
export interface ResidencyFigures extends ResidencySummary {
  readonly stage: string;
  readonly week: ReportedWeek;
  /** Time at which the figures were read. Later than usual for a week that was made up. */
  readonly generatedAt: Date;
  readonly allowedRegions: readonly string[];
  readonly declarations: readonly RegionDeclaration[];
  /** Up to 1,000 assets outside the allowed regions; `totals.violations` counts all of them. */
  readonly misplaced: readonly MisplacedAsset[];
  readonly storedBodies: readonly StoredBodies[];
  readonly retentionDays: { readonly webhookBodies: number; readonly webhookEvents: number };
}

/** Place of a report in the chain, and the key that signs it. */
export interface ChainPosition {
  readonly sequence: number;
  readonly previous: { readonly week: string; readonly sha256: string } | null;
  readonly keyId: string;
  /** SHA-256 of the public key in DER. */
  readonly publicKeySha256: string;
}

/** Everything from which the documents of one report are composed. */
export interface ResidencyFacts extends ResidencyFigures, ChainPosition {}

/** A report that was written more than a week after the reported week ended. */
export const isMadeUp = ({
  week,
  generatedAt,
}: Pick<ResidencyFigures, 'week' | 'generatedAt'>): boolean =>
  generatedAt.getTime() - week.to.getTime() > 7 * 86_400_000;
