import { escapeHtml } from '../../platform/html.ts';
import type { Verdict } from '../summarize.ts';

export interface Bar {
  readonly name: string;
  readonly verdict: Verdict;
  readonly value: number;
  /** Text at the end of the bar. */
  readonly label: string;
}

const WIDTH = 720;
const ROW_HEIGHT = 44;
const BAR_HEIGHT = 16;
// Leaves space for the label at the end of the longest bar.
const MAX_BAR_WIDTH = WIDTH - 180;

const patterns = `<defs>
<pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)">
<rect width="8" height="8" fill="#f4c7c3"/><rect width="4" height="8" fill="#b3261e"/></pattern>
<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">
<rect width="6" height="6" fill="#e3e6ea"/><circle cx="3" cy="3" r="1.5" fill="#5b6570"/></pattern>
</defs>`;

/**
 * Draws horizontal bars as SVG. Text and pattern repeat what the colour shows, because the report
 * may be printed in black and white.
 */
export function barChart(title: string, bars: readonly Bar[]): string {
  const max = Math.max(...bars.map(({ value }) => value), 0);
  const rows = bars.map((bar, index) => drawBar(bar, index * ROW_HEIGHT, max));
  const descriptions = bars.map(({ name, verdict, label }) => `${name} (${verdict}): ${label}`);
  const description = escapeHtml(`${title}. ${descriptions.join('; ')}.`);
  const height = bars.length * ROW_HEIGHT;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${description}">
${patterns}
${rows.join('\n')}
</svg>`;
}

function drawBar({ name, verdict, value, label }: Bar, y: number, max: number): string {
  // A bar above zero is at least 2 wide, so that it is visible.
  const width = value === 0 ? 0 : Math.max(2, Math.round((value / max) * MAX_BAR_WIDTH));
  const verdictText = `<tspan class="verdict-text">${verdict}</tspan>`;
  return [
    `<text x="0" y="${y + 14}" class="name">${escapeHtml(name)} ${verdictText}</text>`,
    `<rect x="0" y="${y + 20}" width="${width}" height="${BAR_HEIGHT}"`,
    ` rx="2" class="${verdictClass(verdict)}"/>`,
    `<text x="${width + 8}" y="${y + 33}" class="value">${escapeHtml(label)}</text>`,
  ].join('');
}

/** Returns the class of a verdict in report-styles.ts. */
export const verdictClass = (verdict: Verdict): string => verdict.replace(' ', '-');
