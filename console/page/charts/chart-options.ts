import uPlot from 'uplot';
import type { Series } from '../../console-api.ts';

export interface ChartSeries {
  readonly label: string;
  readonly values: Series;
  /** Colour, by its meaning. */
  readonly tone: 'good' | 'bad' | 'one' | 'two' | 'three';
}

export interface PlotInput {
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly kind: 'bars' | 'lines';
  readonly format: (value: number) => string;
}

const colourOf = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Orders the series from back to front. Bars stack: each one is drawn with the height of the bars
 * below it, and the front bar hides the rest.
 */
export function plotData({ times, series, kind }: PlotInput): uPlot.AlignedData {
  const rows = series.map(({ values }) => values);
  const drawn = kind === 'lines' ? rows : rows.map((_, index) => stacked(rows, index));
  return [[...times], ...drawn.map((values) => [...values]).reverse()] as uPlot.AlignedData;
}

const stacked = (rows: readonly Series[], index: number): Series =>
  (rows[index] ?? []).map((_, place) =>
    rows.slice(0, index + 1).reduce((total, row) => total + (row[place] ?? 0), 0),
  );

export function chartOptions(
  { series, kind, format }: PlotInput,
  size: { readonly width: number; readonly height: number },
  onChoose: (index: number | undefined) => void,
): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [0.72, 14] });
  const line = uPlot.paths.linear?.();
  return {
    ...size,
    // Leaves room for the half of the last time that stands right of its line.
    padding: [6, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === 'lines' } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, niceMaximum(max)] } },
    axes: [timeAxis(), valueAxis(kind, format)],
    series: [{}, ...[...series].reverse().map((one) => seriesOptions(one, kind, bars ?? line))],
    hooks: { setCursor: [({ cursor }) => onChoose(cursor.idx ?? undefined)] },
  };
}

function seriesOptions(
  { label, tone }: ChartSeries,
  kind: PlotInput['kind'],
  paths: uPlot.Series.PathBuilder | undefined,
): uPlot.Series {
  const colour = colourOf(`--series-${tone}`);
  return kind === 'bars'
    ? { label, fill: colour, width: 0, points: { show: false }, ...(paths ? { paths } : {}) }
    : { label, stroke: colour, width: 1.5, points: { size: 4, fill: colour, filter: isolated } };
}

/** Selects the values without a neighbour, which no line shows. */
const isolated: uPlot.Series.Points.Filter = (plot, index) => {
  const values = Array.from(plot.data[index] ?? []);
  return values.flatMap((value, place) =>
    value != null && values[place - 1] == null && values[place + 1] == null ? [place] : [],
  );
};

/** Leaves room above the highest value, and a scale for a chart without values. */
const niceMaximum = (max: number | null) => (max === null || max <= 0 ? 1 : max * 1.1);

const axisFont = '11px system-ui, sans-serif';

const timeAxis = (): uPlot.Axis => ({
  stroke: colourOf('--muted'),
  font: axisFont,
  size: 22,
  space: 64,
  grid: { show: false },
  ticks: { show: false },
  values: (_, ticks) =>
    ticks.map((tick) =>
      new Date(tick * 1_000).toLocaleTimeString(undefined, {
        hour: '2-digit',
        minute: '2-digit',
        hour12: false,
      }),
    ),
});

/** Whole numbers, because bars count something. */
const wholeSteps = [1, 2, 5].flatMap((step) => [1, 10, 100, 1e3, 1e4, 1e5].map((by) => step * by));

const valueAxis = (kind: PlotInput['kind'], format: PlotInput['format']): uPlot.Axis => ({
  ...(kind === 'bars' ? { incrs: wholeSteps.toSorted((one, other) => one - other) } : {}),
  stroke: colourOf('--muted'),
  font: axisFont,
  size: 46,
  space: 34,
  grid: { stroke: colourOf('--line'), width: 1 },
  ticks: { show: false },
  values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : format(tick))),
});
