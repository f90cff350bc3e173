import { sydneyTime } from '../../platform/display/dates.ts';
import { formatCount, formatNumber, formatShare } from '../../platform/display/numbers.ts';
import type { ResidencySummary, ResidencyTotals } from '../summarize.ts';

export const formatTime = (at: Date): string => sydneyTime(at.toISOString());

export const regionText = (region: string | null): string => region ?? 'unknown';

/** States the verdict of a report in one sentence. */
export function verdictSentence({ verdict, totals }: ResidencyVerdict): string {
  const unknown = `the region of ${formatCount(totals.unknown, 'asset')} is unknown`;
  switch (verdict) {
    case 'violation': {
      const outside = formatCount(totals.violations, 'asset');
      const alsoUnknown = totals.unknown === 0 ? '' : `, and ${unknown}`;
      return `Violation: ${outside} outside the allowed regions${alsoUnknown}.`;
    }
    case 'not established':
      return `Not established: ${unknown}.`;
    case 'allowed':
      return totals.assets === 0
        ? 'Allowed: no assets are stored.'
        : 'Allowed: every asset is in an allowed region.';
  }
}

type ResidencyVerdict = Pick<ResidencySummary, 'verdict'> & {
  readonly totals: Pick<
    ResidencyTotals,
    'assets' | 'violations' | 'unknown' | 'reported' | 'declared'
  >;
};

/** States where the regions come from, with the share of each origin. */
export function basisSentence({
  assets,
  reported,
  declared,
  unknown,
}: ResidencyVerdict['totals']): string {
  if (assets === 0) return 'There is no region to check.';
  const share = (count: number) => `${formatNumber(count)} (${formatShare(count, assets)})`;
  return (
    `Of ${formatCount(assets, 'asset')}, the provider reports the region of ${share(reported)}, ` +
    `a declaration names the region of ${share(declared)}, ` +
    `and the region of ${share(unknown)} is unknown.`
  );
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Formats bytes in powers of 1000, the units in which storage is billed. */
export function formatSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${formatNumber(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

interface StorageTotals {
  readonly assets: number;
  readonly bytes: number;
  readonly assetsWithoutBytes: number;
  readonly durationSeconds: number;
  readonly assetsWithoutDuration: number;
}

export const formatTotalSize = ({ assets, bytes, assetsWithoutBytes }: StorageTotals): string =>
  withUnknown(formatSize(bytes), assets, assetsWithoutBytes);

export const formatTotalDuration = ({
  assets,
  durationSeconds,
  assetsWithoutDuration,
}: StorageTotals): string =>
  withUnknown(formatDuration(durationSeconds), assets, assetsWithoutDuration);

/** Adds the number of assets without a value, so that an unknown value does not read as zero. */
function withUnknown(text: string, assets: number, unknown: number): string {
  if (unknown === 0) return text;
  return unknown === assets ? 'unknown' : `${text} (unknown for ${formatNumber(unknown)})`;
}
