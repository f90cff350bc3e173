import { DEAD_LETTER_DAYS } from '../catalog/retry-limits.ts';
import { escapeHtml } from '../platform/html.ts';
import { type Bar, barChart } from './bar-chart.ts';
import { styles } from './report-styles.ts';
import {
  count,
  knownDuration,
  knownSize,
  regionName,
  size,
  standingNames,
  sydney,
} from './report-text.ts';
import type { ResidencyFacts } from './residency-facts.ts';
import type { ResidencyRow } from './summarize.ts';

// As many rows as a person reads; the JSON document has up to 1,000.
const LISTED = 100;

/** One file that needs nothing else, on a screen and on A4. */
export function htmlReport(facts: ResidencyFacts): string {
  const { week, stage } = facts;
  const title = `Residency report, week of ${week.monday}`;
  return [
    `<!doctype html>\n<html lang="en-AU">\n<head>\n<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(title)}</title>\n<style>${styles}</style>\n</head>\n<body>\n<main>`,
    `<header><p class="quiet">Motion Mavericks · ${escapeHtml(stage)} · report ${facts.sequence}</p>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="quiet">${sydney(week.from)} to ${sydney(week.to)}. As at ${sydney(facts.generatedAt)}.</p></header>`,
    verdict(facts),
    charts(facts.rows),
    regions(facts),
    misplaced(facts),
    heldBodies(facts),
    proof(facts),
    `</main>\n</body>\n</html>\n`,
  ].join('\n');
}

function verdict({ totals, allowedRegions }: ResidencyFacts): string {
  const bad = totals.violations > 0;
  const words = bad
    ? `${count(totals.violations, 'asset')} outside the allowed regions`
    : 'No asset is known to be outside the allowed regions';
  const unknown =
    totals.notReported === 0
      ? ''
      : ` Of ${count(totals.notReported, 'asset')} the provider does not report a region; they are a row of their own and are not counted as allowed.`;
  return `<section class="verdict ${bad ? 'bad' : 'good'}"><p><strong>${words}.</strong>${unknown}</p>
<p class="quiet">Allowed: ${escapeHtml(allowedRegions.join(', '))}.</p></section>
<dl class="figures">
<div><dt>Assets</dt><dd>${totals.assets.toLocaleString('en-AU')}</dd></div>
<div><dt>Stored</dt><dd>${knownSize(totals)}</dd></div>
<div><dt>Playing time</dt><dd>${knownDuration(totals)}</dd></div>
<div><dt>Added in the week</dt><dd>${totals.addedInWeek.toLocaleString('en-AU')}</dd></div>
</dl>`;
}

function charts(rows: readonly ResidencyRow[]): string {
  if (rows.length === 0) return '<p>No asset is stored anywhere.</p>';
  const bars = (
    value: (row: ResidencyRow) => number,
    label: (row: ResidencyRow) => string,
  ): Bar[] =>
    rows.map((row) => ({
      name: regionName(row),
      standing: row.standing,
      value: value(row),
      label: label(row),
    }));
  return `<section><h2>Assets by region</h2>${barChart(
    'Assets by region',
    bars(
      ({ assets }) => assets,
      ({ assets }) => assets.toLocaleString('en-AU'),
    ),
  )}</section>
<section><h2>Bytes by region</h2>${barChart(
    'Bytes by region',
    bars(
      ({ bytes }) => bytes,
      (row) => (row.assetsWithoutBytes === row.assets ? 'size not known' : size(row.bytes)),
    ),
  )}</section>`;
}

function regions({ rows }: ResidencyFacts): string {
  const lines = rows.map((row) => [
    ...[
      escapeHtml(row.provider),
      escapeHtml(row.region ?? 'not reported by the provider'),
      standingNames[row.standing],
    ],
    ...[row.assets.toLocaleString('en-AU'), knownSize(row), knownDuration(row)],
    row.addedInWeek.toLocaleString('en-AU'),
  ]);
  const head = ['Provider', 'Region', 'Standing', 'Assets', 'Stored', 'Playing time', 'Added'];
  return `<section><h2>By provider and region</h2>${table(head, lines, 3)}</section>`;
}

function misplaced({ misplaced: assets, totals }: ResidencyFacts): string {
  if (totals.violations === 0) return '';
  const lines = assets
    .slice(0, LISTED)
    .map(({ assetId, provider, region, bytes }) => [
      ...[
        escapeHtml(assetId),
        escapeHtml(provider),
        escapeHtml(region),
        bytes === null ? 'not known' : size(bytes),
      ],
    ]);
  const more = totals.violations - lines.length;
  return `<section><h2>Outside the allowed regions</h2>${table(['Asset', 'Provider', 'Region', 'Stored'], lines, 3)}
${more > 0 ? `<p>And ${count(more, 'more asset')}; report.json lists up to 1,000.</p>` : ''}</section>`;
}

function heldBodies({ bodies, retentionDays }: ResidencyFacts): string {
  const lines = bodies.map(({ source, events, bodies: held, bytes, oldest }) => [
    ...[escapeHtml(source), events.toLocaleString('en-AU'), held.toLocaleString('en-AU')],
    ...[size(bytes), oldest === null ? '–' : sydney(oldest)],
  ]);
  const head = ['Provider', 'Events known', 'Bodies held', 'Stored', 'Oldest body'];
  return `<section><h2>Bodies of webhooks</h2>
<p>Bodies may hold titles, mail addresses and technical data of videos. They are held in the portal’s database for
${retentionDays.webhookBodies} days, then removed; that the event came is known for ${retentionDays.webhookEvents} days. Until an event is
processed its body is in a queue as well, for ${DEAD_LETTER_DAYS} days at most.</p>
${lines.length === 0 ? '<p>None are held.</p>' : table(head, lines, 1)}</section>`;
}

function proof({ previous }: ResidencyFacts): string {
  const before =
    previous === null
      ? 'This is the first report of its chain.'
      : `The report before, of the week of ${escapeHtml(previous.week)}, has the SHA-256 <code>${escapeHtml(previous.sha256)}</code>.`;
  return `<section><h2>Proof</h2><p>${before} The document report.json holds the hash of this file and that of the
report before; its own is in the mail that came with it. <code>npm run ops -- residency verify</code> checks the chain.</p></section>`;
}

/** Columns from `numbersFrom` on are numbers. Cells are HTML already. */
function table(
  head: readonly string[],
  lines: readonly (readonly string[])[],
  numbersFrom: number,
): string {
  const cells = (line: readonly string[], tag: string) =>
    line
      .map(
        (cell, index) => `<${tag}${index >= numbersFrom ? ' class="number"' : ''}>${cell}</${tag}>`,
      )
      .join('');
  const body = lines.map((line) => `<tr>${cells(line, 'td')}</tr>`).join('\n');
  return `<table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}
