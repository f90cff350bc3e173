import { escapeHtml } from '../../platform/html.ts';
import type { Verdict } from '../summarize.ts';

export interface Bar {
  readonly name: string;
  readonly verdict: Verdict;
  readonly value: number;
  /** Text at the end of the bar. */
  readonly label: string;
}

// Leaves space for the label at the end of the longest bar, also on a phone.
const MAX_BAR_PERCENT = 65;

/**
 * Draws horizontal bars as HTML, whose text keeps its size on a narrow screen. Text and pattern
 * repeat what the colour shows, because the report may be printed in black and white.
 */
export function barChart(title: string, bars: readonly Bar[]): string {
  const max = Math.max(...bars.map(({ value }) => value), 0);
  const descriptions = bars.map(({ name, verdict, label }) => `${name} (${verdict}): ${label}`);
  const description = escapeHtml(`${title}. ${descriptions.join('; ')}.`);
  const rows = bars.map((bar) => drawBar(bar, max));
  return `<div class="chart" role="img" aria-label="${description}">\n${rows.join('\n')}\n</div>`;
}

function drawBar({ name, verdict, value, label }: Bar, max: number): string {
  const percent = value === 0 ? 0 : ((value / max) * MAX_BAR_PERCENT).toFixed(1);
  return [
    `<p>${escapeHtml(name)} <span class="quiet">${verdict}</span></p>`,
    `<p class="bar"><span class="${verdictClass(verdict)}" style="width:${percent}%"></span>`,
    `<b>${escapeHtml(label)}</b></p>`,
  ].join('');
}

/** Returns the class of a verdict in report-styles.ts. */
export const verdictClass = (verdict: Verdict): string => verdict.replace(' ', '-');
