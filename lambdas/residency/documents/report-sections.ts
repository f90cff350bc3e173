import { DEAD_LETTER_DAYS } from '../../catalog/retry-limits.ts';
import { displayDate } from '../../platform/display/dates.ts';
import { formatCount, formatNumber } from '../../platform/display/numbers.ts';
import type { ResidencyFacts, ResidencyFigures } from '../residency-facts.ts';
import type { ResidencyRow } from '../summarize.ts';
import {
  formatSize,
  formatTime,
  formatTotalDuration,
  formatTotalSize,
  regionText,
} from './report-text.ts';

/** Texts and table cells of the report's sections, which HTML and PDF share. */

export const reportTitle = ({ week }: Pick<ResidencyFigures, 'week'>): string =>
  `Residency report, week of ${displayDate(week.monday)}`;

export const headline = ({ stage, sequence }: ResidencyFacts): string =>
  `Motion Mavericks · ${stage} · report ${formatNumber(sequence)}`;

export const allowedText = ({ allowedRegions }: ResidencyFigures): string =>
  `Allowed region${allowedRegions.length === 1 ? '' : 's'}: ${allowedRegions.join(', ')}.`;

export const regionsText = (rows: readonly ResidencyRow[]): string =>
  rows.length === 0
    ? 'No assets are stored, so there is no row to list.'
    : 'Basis is the origin of the region: reported by the provider, declared by an operator who ' +
      'named a document, or unknown. A region that the provider reports counts before a declared ' +
      'one.';

export const regionColumns = [
  'Provider',
  'Region',
  'Basis',
  'Verdict',
  'Assets',
  'Stored',
  'Playing time',
  'Added',
] as const;

export const regionRows = (rows: readonly ResidencyRow[]): readonly (readonly string[])[] =>
  rows.map((row) => [
    row.provider,
    regionText(row.region),
    row.basis,
    row.verdict,
    formatNumber(row.assets),
    formatTotalSize(row),
    formatTotalDuration(row),
    formatNumber(row.addedInWeek),
  ]);

export const declarationColumns = ['Provider', 'Region', 'Document', 'Declared', 'Assets'] as const;

export const declarationRows = ({
  declarations,
}: ResidencyFigures): readonly (readonly string[])[] =>
  declarations.map(({ provider, region, document, declaredAt, assets }) => [
    provider,
    region,
    document,
    formatTime(declaredAt),
    assets === null ? 'all others' : formatNumber(assets),
  ]);

export function declarationText({ declarations, totals }: ResidencyFigures): string {
  const contradicted =
    totals.contradicted === 0
      ? ''
      : ` For ${formatCount(totals.contradicted, 'asset')} the provider reports another region ` +
        'than the declaration names: correct the declaration.';
  return declarations.length === 0
    ? 'No region is declared. A declaration names the document, such as a contract, that states it.'
    : `A declared region is as reliable as the document that states it.${contradicted}`;
}

export const misplacedColumns = ['Asset', 'Provider', 'Region', 'Basis', 'Stored'] as const;

// Limits the list to a readable length; the JSON document lists up to 1,000.
const LISTED_ASSETS = 100;

export const misplacedRows = ({ misplaced }: ResidencyFigures): readonly (readonly string[])[] =>
  misplaced
    .slice(0, LISTED_ASSETS)
    .map(({ assetId, provider, region, basis, bytes }) => [
      assetId,
      provider,
      region,
      basis,
      bytes === null ? 'unknown' : formatSize(bytes),
    ]);

export function unlistedText({ misplaced, totals }: ResidencyFigures): string | undefined {
  const unlisted = totals.violations - Math.min(misplaced.length, LISTED_ASSETS);
  if (unlisted <= 0) return undefined;
  return `And ${formatCount(unlisted, 'more asset')}; report.json lists up to 1,000.`;
}

export const bodyText = ({ retentionDays, storedBodies }: ResidencyFigures): string =>
  'Bodies may contain titles, email addresses and technical data of videos. The portal’s ' +
  `database stores a body for ${formatCount(retentionDays.webhookBodies, 'day')} and the record ` +
  `of its event for ${formatCount(retentionDays.webhookEvents, 'day')}. Until an event is ` +
  'processed, a queue also stores its body, for at most ' +
  `${formatCount(DEAD_LETTER_DAYS, 'day')}.${noBodiesText(storedBodies)}`;

const noBodiesText = ({ length }: ResidencyFigures['storedBodies']): string =>
  length === 0 ? ' No bodies are stored.' : '';

export const bodyColumns = [
  'Provider',
  'Events recorded',
  'Bodies stored',
  'Stored',
  'Oldest body',
] as const;

export const bodyRows = ({ storedBodies }: ResidencyFigures): readonly (readonly string[])[] =>
  storedBodies.map(({ source, events, bodies, bytes, oldest }) => [
    source,
    formatNumber(events),
    formatNumber(bodies),
    formatSize(bytes),
    oldest === null ? '–' : formatTime(oldest),
  ]);

/** Explains a report that a later run wrote: nobody can count the assets of a past week. */
export const lateText = ({ week, generatedAt }: ResidencyFigures): string =>
  `This report was written late: no run reported the week in time. Its figures are those of ` +
  `${formatTime(generatedAt)}, not those of the end of the week of ${displayDate(week.monday)}.`;

export const evidenceTexts = ({ previous, publicKeySha256 }: ResidencyFacts): readonly string[] => [
  previous === null
    ? 'This is the first report of its chain.'
    : `The previous report, for the week of ${displayDate(previous.week)}, has the SHA-256 ` +
      `${previous.sha256}.`,
  'The document report.json contains the hashes of this file and of the previous report. The ' +
    'file report.sig is its signature, by a key that only the report job can use. The SHA-256 of ' +
    `the public key is ${publicKeySha256}.`,
  'The email with this report contains the hash of report.json. This command verifies the chain:',
];

export const verifyCommand = (stage: string): string =>
  `npm run ops -- residency verify --stage ${stage}`;
