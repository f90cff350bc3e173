import { sydneyTime } from '../platform/sydney-time.ts';
import type { RegionStanding, ResidencyRow } from './summarize.ts';

/** Same words as in the mail of the report. */
export const standingLabels: Readonly<Record<RegionStanding, string>> = {
  allowed: 'allowed',
  violation: 'violation',
  'not-reported': 'not reported',
};

export const formatTime = (at: Date): string => sydneyTime(at.toISOString());

export const regionName = ({
  provider,
  region,
}: Pick<ResidencyRow, 'provider' | 'region'>): string =>
  region === null ? `${provider}: region not reported` : `${provider} · ${region}`;

export const formatNumber = (number: number): string => number.toLocaleString('en-AU');

/** Returns a number with its noun, such as `2 assets`. */
export const formatCount = (number: number, noun: string): string =>
  `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;

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
