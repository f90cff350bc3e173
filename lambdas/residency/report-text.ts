import { sydneyTime } from '../platform/sydney-time.ts';
import type { ResidencyRow, Standing } from './summarize.ts';

export const standingNames: Readonly<Record<Standing, string>> = {
  allowed: 'allowed',
  violation: 'outside',
  'not-reported': 'not known',
};

export const sydney = (at: Date): string => sydneyTime(at.toISOString());

export const regionName = ({
  provider,
  region,
}: Pick<ResidencyRow, 'provider' | 'region'>): string =>
  region === null ? `${provider}: region not reported` : `${provider} · ${region}`;

export const count = (number: number, what: string): string =>
  `${number.toLocaleString('en-AU')} ${what}${number === 1 ? '' : 's'}`;

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Powers of 1000, as storage is billed. */
export function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60).toLocaleString('en-AU')} h ${minutes % 60} min`;
}

interface Stored {
  readonly assets: number;
  readonly bytes: number;
  readonly assetsWithoutBytes: number;
  readonly durationSeconds: number;
  readonly assetsWithoutDuration: number;
}

/** Nothing is not the same as nobody having said how much. */
export const knownSize = ({ assets, bytes, assetsWithoutBytes }: Stored): string =>
  known(assets, assetsWithoutBytes, size(bytes));

export const knownDuration = ({ assets, durationSeconds, assetsWithoutDuration }: Stored): string =>
  known(assets, assetsWithoutDuration, duration(durationSeconds));

function known(assets: number, without: number, text: string): string {
  if (without === 0) return text;
  return without === assets
    ? 'not known'
    : `${text} (of ${without.toLocaleString('en-AU')} not known)`;
}
