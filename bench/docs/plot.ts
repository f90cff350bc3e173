import { type Finding, type PartReport, reached } from '../report.ts';
import { amount, limitText } from '../table.ts';

const WIDTH = 960;
const LABELS = 520;
const ROW = 26;
const HEAD = 46;
const DECADES = 2;

/** How far each figure is beyond its target, or short of it, on one logarithmic scale: the line in the middle is the target. */
export function plotTargets(reports: readonly PartReport[]): string {
  const bars = reports.flatMap(({ findings }) =>
    findings.filter(({ target }) => target !== undefined),
  );
  const height = HEAD + bars.length * ROW + 16;
  const middle = LABELS + (WIDTH - LABELS) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>Each figure against its target</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(middle, 18, 'target', 'middle', '#333'),
    text(LABELS + 4, 18, `${10 ** DECADES}× short`, 'start', '#333'),
    text(WIDTH - 8, 18, `${10 ** DECADES}× beyond`, 'end', '#333'),
    ...bars.flatMap((bar, index) => row(bar, HEAD + index * ROW, middle)),
    `<line x1="${middle}" x2="${middle}" y1="26" y2="${height - 8}" stroke="#333"/>`,
    '</svg>',
    '',
  ].join('\n');
}

function row(finding: Finding, top: number, middle: number): readonly string[] {
  const half = (WIDTH - LABELS) / 2 - 8;
  const beyond = Math.max(-DECADES, Math.min(DECADES, Math.log10(marginOf(finding))));
  const length = (Math.abs(beyond) / DECADES) * half;
  const isReached = reached(finding) === true;
  const figure = `${amount(finding.value.median, finding.unit)} (${limitText(finding.target ?? {})})`;
  return [
    text(8, top + 13, short(finding.what), 'start', '#111'),
    text(LABELS - 8, top + 13, figure, 'end', '#333'),
    `<rect x="${(beyond < 0 ? middle - length : middle).toFixed(1)}" y="${top}" width="${Math.max(1.5, length).toFixed(1)}" height="18" fill="${isReached ? '#2a7f62' : '#c2572b'}"/>`,
  ];
}

/** Above 1 where the target is reached, whichever way round it is. */
export function marginOf({ value: { median }, target = {} }: Finding): number {
  const { atLeast, atMost } = target;
  if (atLeast !== undefined) return median / atLeast;
  if (atMost === undefined || median === atMost) return 1;
  return atMost / median;
}

// As many characters as there is room for beside the figure.
const LONGEST = 60;

const short = (what: string) => (what.length <= LONGEST ? what : `${what.slice(0, LONGEST - 1)}…`);

const text = (x: number, y: number, content: string, anchor: string, fill: string) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
