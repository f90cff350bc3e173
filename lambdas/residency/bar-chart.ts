import { escapeHtml } from '../platform/html.ts';
import { standingNames } from './report-text.ts';
import type { Standing } from './summarize.ts';

export interface Bar {
  readonly name: string;
  readonly standing: Standing;
  readonly value: number;
  /** What the bar says at its end. */
  readonly label: string;
}

const WIDTH = 720;
const ROW = 44;
const BAR = 16;
// Room for the label at the end of the longest bar.
const LONGEST = WIDTH - 180;

/** Horizontal bars, each told by its words and its pattern as well as by its colour: it may be printed in black. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), 0);
  const rows = bars.map(({ name, standing, value, label }, index) => {
    const y = index * ROW;
    // What is there at all can be seen.
    const width = value === 0 || most === 0 ? 0 : Math.max(2, Math.round((value / most) * LONGEST));
    return [
      `<text x="0" y="${y + 14}" class="name">${escapeHtml(name)} <tspan class="standing">${standingNames[standing]}</tspan></text>`,
      `<rect x="0" y="${y + 20}" width="${width}" height="${BAR}" rx="2" class="${standing}"/>`,
      `<text x="${width + 8}" y="${y + 33}" class="value">${escapeHtml(label)}</text>`,
    ].join('');
  });
  const described = bars
    .map(({ name, standing, label }) => `${name} (${standingNames[standing]}): ${label}`)
    .join('; ');
  const height = bars.length * ROW;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(`${title}. ${described}.`)}">
<defs><pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="8" height="8" fill="#f4c7c3"/><rect width="4" height="8" fill="#b3261e"/></pattern>
<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#e3e6ea"/>
<circle cx="3" cy="3" r="1.5" fill="#5b6570"/></pattern></defs>
${rows.join('\n')}
</svg>`;
}
