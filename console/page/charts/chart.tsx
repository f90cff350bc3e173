import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import { type ChartSeries, chartOptions, plotData } from './chart-options.ts';

export interface ChartProps {
  readonly title: string;
  /** States what the numbers beside the labels and in the plot are. */
  readonly note: string;
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** Stacks the bars of counts; lines are drawn from zero. */
  readonly kind: 'bars' | 'lines';
  readonly format: (value: number) => string;
  /** Combines the values of a series for its label while no period is chosen. */
  readonly summarize: (values: readonly number[]) => number | undefined;
  readonly empty: string;
}

const HEIGHT = 132;

const darkScheme = matchMedia('(prefers-color-scheme: dark)');
const subscribeToScheme = (listener: () => void) => {
  darkScheme.addEventListener('change', listener);
  return () => darkScheme.removeEventListener('change', listener);
};

/** A chart with its values as text, which follow the pointer. */
export function Chart(props: ChartProps) {
  const { title, note, times, series, format, summarize, empty } = props;
  const [chosen, setChosen] = useState<number>();
  const place = useRef<HTMLDivElement>(null);
  usePlot(place, props, setChosen);
  const values = series.map(({ label, values, tone }) => {
    const value =
      chosen === undefined
        ? summarize(values.filter((one) => one !== null))
        : (values[chosen] ?? undefined);
    return { label, tone, text: value === undefined ? '–' : format(value) };
  });
  const isEmpty = series.every(({ values }) => values.every((value) => !value));
  const time = chosen === undefined ? undefined : times[chosen];
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{title}</span>
        <span className="chart-time">{time === undefined ? note : formatMinute(time)}</span>
      </figcaption>
      <ul className="chart-values">
        {values.map(({ label, tone, text }) => (
          <li key={label}>
            <span className={`swatch ${tone}`} aria-hidden="true" />
            {label} <strong>{text}</strong>
          </li>
        ))}
      </ul>
      <div ref={place} className="plot" aria-hidden="true" />
      {isEmpty ? <p className="plot-empty">{empty}</p> : null}
    </figure>
  );
}

const formatMinute = (seconds: number) =>
  new Date(seconds * 1_000).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });

/** Draws the chart again when the size, the colours or the shape of the data change. */
function usePlot(
  place: { readonly current: HTMLDivElement | null },
  props: ChartProps,
  onChoose: (index: number | undefined) => void,
): void {
  const isDark = useSyncExternalStore(subscribeToScheme, () => darkScheme.matches);
  const plot = useRef<uPlot>(undefined);
  const { kind, series, times } = props;
  const latest = useRef(props);
  latest.current = props;
  const shape = `${isDark} ${kind} ${series.map(({ label }) => label).join()}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for colours and series
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const width = () => Math.max(120, element.clientWidth);
    const options = chartOptions(latest.current, { width: width(), height: HEIGHT }, onChoose);
    const drawn = new uPlot(options, plotData(latest.current), element);
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: width(), height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, [shape, onChoose, place]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new data redraws the chart
  useEffect(() => plot.current?.setData(plotData(latest.current)), [times, series]);
}
