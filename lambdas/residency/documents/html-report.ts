import { formatNumber } from '../../platform/display/numbers.ts';
import { escapeHtml } from '../../platform/html.ts';
import { isMadeUp, type ResidencyFacts } from '../residency-facts.ts';
import type { ResidencyRow } from '../summarize.ts';
import { type Bar, barChart, verdictClass } from './bar-chart.ts';
import { htmlTable } from './html-table.ts';
import {
  allowedText,
  bodyColumns,
  bodyRows,
  bodyText,
  declarationColumns,
  declarationRows,
  declarationText,
  evidenceTexts,
  headline,
  lateText,
  misplacedColumns,
  misplacedRows,
  regionColumns,
  regionRows,
  regionsText,
  reportTitle,
  unlistedText,
  verifyCommand,
} from './report-sections.ts';
import { styles } from './report-styles.ts';
import {
  basisSentence,
  formatSize,
  formatTime,
  formatTotalDuration,
  formatTotalSize,
  regionText,
  verdictSentence,
} from './report-text.ts';

/** Composes a self-contained HTML page for screens and for printing on A4. */
export function htmlReport(facts: ResidencyFacts): string {
  const { week } = facts;
  const title = escapeHtml(reportTitle(facts));
  const period = `${formatTime(week.from)} to ${formatTime(week.to)}`;
  return [
    `<!doctype html>\n<html lang="en-AU">\n<head>\n<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${title}</title>\n<style>${styles}</style>\n</head>\n<body>\n<main>\n<header>`,
    `<p class="quiet">${escapeHtml(headline(facts))}</p>`,
    `<h1>${title}</h1>`,
    `<p class="quiet">${period}. Generated ${formatTime(facts.generatedAt)}.</p></header>`,
    summary(facts),
    charts(facts.rows),
    regions(facts),
    declarations(facts),
    misplacedAssets(facts),
    storedBodies(facts),
    evidence(facts),
    `</main>\n</body>\n</html>\n`,
  ].join('\n');
}

function summary(facts: ResidencyFacts): string {
  const { totals, verdict } = facts;
  const late = isMadeUp(facts) ? `\n<p>${escapeHtml(lateText(facts))}</p>` : '';
  return `<section class="verdict ${verdictClass(verdict)}">
<p><strong>${escapeHtml(verdictSentence(facts))}</strong></p>
<p>${escapeHtml(basisSentence(totals))}</p>${late}
<p class="quiet">${escapeHtml(allowedText(facts))}</p></section>
<dl class="figures">
<div><dt>Assets</dt><dd>${formatNumber(totals.assets)}</dd></div>
<div><dt>Stored</dt><dd>${formatTotalSize(totals)}</dd></div>
<div><dt>Playing time</dt><dd>${formatTotalDuration(totals)}</dd></div>
<div><dt>Added this week</dt><dd>${formatNumber(totals.addedInWeek)}</dd></div>
</dl>`;
}

function charts(rows: readonly ResidencyRow[]): string {
  if (rows.length === 0) return '';
  const bars = (value: (row: ResidencyRow) => number, label: (row: ResidencyRow) => string) =>
    rows.map(
      (row): Bar => ({
        name: `${row.provider} · ${regionText(row.region)} · ${row.basis}`,
        verdict: row.verdict,
        value: value(row),
        label: label(row),
      }),
    );
  const assetBars = bars(
    ({ assets }) => assets,
    ({ assets }) => formatNumber(assets),
  );
  const byteBars = bars(
    ({ bytes }) => bytes,
    (row) => (row.assetsWithoutBytes === row.assets ? 'size unknown' : formatSize(row.bytes)),
  );
  return [
    `<section><h2>Assets by region</h2>${barChart('Assets by region', assetBars)}</section>`,
    `<section><h2>Bytes by region</h2>${barChart('Bytes by region', byteBars)}</section>`,
  ].join('\n');
}

function regions({ rows }: ResidencyFacts): string {
  const lines = regionRows(rows).map((cells, index) =>
    cells.map((cell, column) =>
      regionColumns[column] === 'Verdict'
        ? { html: escapeHtml(cell), className: verdictClass(rows[index]?.verdict ?? 'allowed') }
        : escapeHtml(cell),
    ),
  );
  return `<section><h2>By provider and region</h2>
<p>${escapeHtml(regionsText(rows))}</p>
${htmlTable(regionColumns, lines, 4)}</section>`;
}

const escaped = (rows: readonly (readonly string[])[]) =>
  rows.map((cells) => cells.map(escapeHtml));

function declarations(facts: ResidencyFacts): string {
  const lines = escaped(declarationRows(facts));
  const list = htmlTable(declarationColumns, lines, 4);
  const text = escapeHtml(declarationText(facts));
  return `<section><h2>Declared regions</h2>\n<p>${text}</p>\n${list}</section>`;
}

function misplacedAssets(facts: ResidencyFacts): string {
  if (facts.totals.violations === 0) return '';
  const assets = htmlTable(misplacedColumns, escaped(misplacedRows(facts)), 4);
  const unlisted = unlistedText(facts);
  const remainder = unlisted === undefined ? '' : `<p>${unlisted}</p>`;
  return `<section><h2>Outside the allowed regions</h2>${assets}\n${remainder}</section>`;
}

function storedBodies(facts: ResidencyFacts): string {
  const lines = escaped(bodyRows(facts));
  const list = htmlTable(bodyColumns, lines, 1);
  const text = escapeHtml(bodyText(facts));
  return `<section><h2>Webhook bodies</h2>\n<p>${text}</p>\n${list}</section>`;
}

function evidence(facts: ResidencyFacts): string {
  const texts = evidenceTexts(facts).map((text) => `<p>${escapeHtml(text)}</p>`);
  const command = escapeHtml(verifyCommand(facts.stage));
  return `<section><h2>Evidence</h2>\n${texts.join('\n')}
<p><code>${command}</code></p></section>`;
}
