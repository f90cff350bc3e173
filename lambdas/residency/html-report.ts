import { DEAD_LETTER_DAYS } from '../catalog/retry-limits.ts';
import { escapeHtml } from '../platform/html.ts';
import { type Bar, barChart } from './bar-chart.ts';
import { styles } from './report-styles.ts';
import {
  formatCount,
  formatNumber,
  formatSize,
  formatTime,
  formatTotalDuration,
  formatTotalSize,
  regionName,
  standingLabels,
} from './report-text.ts';
import type { ResidencyFacts } from './residency-facts.ts';
import type { ResidencyRow } from './summarize.ts';

// Limits the list to a readable length; the JSON document lists up to 1,000.
const LISTED_ASSETS = 100;

/** Composes a self-contained HTML page for screens and for printing on A4. */
export function htmlReport(facts: ResidencyFacts): string {
  const { week, stage } = facts;
  const title = escapeHtml(`Residency report, week of ${week.monday}`);
  const period = `${formatTime(week.from)} to ${formatTime(week.to)}`;
  return [
    `<!doctype html>\n<html lang="en-AU">\n<head>\n<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${title}</title>\n<style>${styles}</style>\n</head>\n<body>\n<main>\n<header>`,
    `<p class="quiet">Motion Mavericks · ${escapeHtml(stage)} · report ${facts.sequence}</p>`,
    `<h1>${title}</h1>`,
    `<p class="quiet">${period}. Generated ${formatTime(facts.generatedAt)}.</p></header>`,
    summary(facts),
    charts(facts.rows),
    regions(facts),
    misplacedAssets(facts),
    storedBodies(facts),
    evidence(facts),
    `</main>\n</body>\n</html>\n`,
  ].join('\n');
}

function summary({ totals, allowedRegions }: ResidencyFacts): string {
  const hasViolations = totals.violations > 0;
  const result = hasViolations
    ? `${formatCount(totals.violations, 'asset')} outside the allowed regions`
    : 'No asset is known to be outside the allowed regions';
  const notReported =
    totals.notReported === 0
      ? ''
      : ` For ${formatCount(totals.notReported, 'asset')} the provider does not report a region. ` +
        'These assets have a row of their own and do not count as allowed.';
  return `<section class="verdict ${hasViolations ? 'bad' : 'good'}">
<p><strong>${result}.</strong>${notReported}</p>
<p class="quiet">Allowed: ${escapeHtml(allowedRegions.join(', '))}.</p></section>
<dl class="figures">
<div><dt>Assets</dt><dd>${formatNumber(totals.assets)}</dd></div>
<div><dt>Stored</dt><dd>${formatTotalSize(totals)}</dd></div>
<div><dt>Playing time</dt><dd>${formatTotalDuration(totals)}</dd></div>
<div><dt>Added this week</dt><dd>${formatNumber(totals.addedInWeek)}</dd></div>
</dl>`;
}

function charts(rows: readonly ResidencyRow[]): string {
  if (rows.length === 0) return '<p>No assets are stored.</p>';
  const assetBars = rows.map(
    (row): Bar => ({
      name: regionName(row),
      standing: row.standing,
      value: row.assets,
      label: formatNumber(row.assets),
    }),
  );
  const byteBars = rows.map(
    (row): Bar => ({
      name: regionName(row),
      standing: row.standing,
      value: row.bytes,
      label: row.assetsWithoutBytes === row.assets ? 'size unknown' : formatSize(row.bytes),
    }),
  );
  return [
    `<section><h2>Assets by region</h2>${barChart('Assets by region', assetBars)}</section>`,
    `<section><h2>Bytes by region</h2>${barChart('Bytes by region', byteBars)}</section>`,
  ].join('\n');
}

function regions({ rows }: ResidencyFacts): string {
  const lines = rows.map((row) => [
    escapeHtml(row.provider),
    escapeHtml(row.region ?? 'not reported by the provider'),
    standingLabels[row.standing],
    formatNumber(row.assets),
    formatTotalSize(row),
    formatTotalDuration(row),
    formatNumber(row.addedInWeek),
  ]);
  const head = ['Provider', 'Region', 'Status', 'Assets', 'Stored', 'Playing time', 'Added'];
  return `<section><h2>By provider and region</h2>${table(head, lines, 3)}</section>`;
}

function misplacedAssets({ misplaced, totals }: ResidencyFacts): string {
  if (totals.violations === 0) return '';
  const lines = misplaced
    .slice(0, LISTED_ASSETS)
    .map(({ assetId, provider, region, bytes }) => [
      escapeHtml(assetId),
      escapeHtml(provider),
      escapeHtml(region),
      bytes === null ? 'unknown' : formatSize(bytes),
    ]);
  const unlisted = totals.violations - lines.length;
  const remainder =
    unlisted > 0
      ? `<p>And ${formatCount(unlisted, 'more asset')}; report.json lists up to 1,000.</p>`
      : '';
  const assets = table(['Asset', 'Provider', 'Region', 'Stored'], lines, 3);
  return `<section><h2>Outside the allowed regions</h2>${assets}\n${remainder}</section>`;
}

function storedBodies({ storedBodies: providers, retentionDays }: ResidencyFacts): string {
  const lines = providers.map(({ source, events, bodies, bytes, oldest }) => [
    escapeHtml(source),
    formatNumber(events),
    formatNumber(bodies),
    formatSize(bytes),
    oldest === null ? '–' : formatTime(oldest),
  ]);
  const head = ['Provider', 'Events recorded', 'Bodies stored', 'Stored', 'Oldest body'];
  return `<section><h2>Webhook bodies</h2>
<p>Bodies may contain titles, mail addresses and technical data of videos. The portal’s database
stores a body for ${retentionDays.webhookBodies} days and the record of its event for
${retentionDays.webhookEvents} days. Until an event is processed, a queue also stores its body, for
at most ${DEAD_LETTER_DAYS} days.</p>
${lines.length === 0 ? '<p>No bodies are stored.</p>' : table(head, lines, 1)}</section>`;
}

function evidence({ previous, stage }: ResidencyFacts): string {
  const chain =
    previous === null
      ? 'This is the first report of its chain.'
      : `The previous report, for the week of ${escapeHtml(previous.week)}, ` +
        `has the SHA-256 <code>${escapeHtml(previous.sha256)}</code>.`;
  return `<section><h2>Evidence</h2><p>${chain} The document report.json contains the hashes of
this file and of the previous report. The mail with this report contains the hash of report.json.
<code>npm run ops -- residency verify --stage ${escapeHtml(stage)}</code>
verifies the chain.</p></section>`;
}

/** Renders a table. Cells are HTML; columns from `firstNumber` on are aligned as numbers. */
function table(
  head: readonly string[],
  lines: readonly (readonly string[])[],
  firstNumber: number,
): string {
  const cells = (line: readonly string[], tag: string) =>
    line
      .map((cell, index) => {
        const attributes = index >= firstNumber ? ' class="number"' : '';
        return `<${tag}${attributes}>${cell}</${tag}>`;
      })
      .join('');
  const body = lines.map((line) => `<tr>${cells(line, 'td')}</tr>`).join('\n');
  return `<table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}
