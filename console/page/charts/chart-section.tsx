import { useState } from 'react';
import { formatDuration } from '../../../lambdas/operations/event-story/event-story.ts';
import type { FigureRange, Figures, ProviderFigures } from '../../console-api.ts';
import { getJson } from '../app/api-client.ts';
import { usePolling } from '../app/use-polling.ts';
import { Choice } from '../parts/controls.tsx';
import { LoadState } from '../parts/empty-state.tsx';
import { Chart } from './chart.tsx';

const EVERY_MS: Readonly<Record<FigureRange, number>> = { hour: 10_000, day: 60_000 };

/** Shows one row of charts for each provider. */
export function ChartSection() {
  const [range, setRange] = useState<FigureRange>('hour');
  const { data, error } = usePolling<Figures>(
    range,
    () => getJson(`figures?range=${range}`),
    EVERY_MS[range],
  );
  return (
    <section aria-labelledby="traffic" className="traffic">
      <div className="section-header">
        <h2 id="traffic">Traffic</h2>
        <Choice
          label="Period of the charts"
          value={range}
          options={[
            ['hour', 'Last hour'],
            ['day', 'Last day'],
          ]}
          onChange={setRange}
        />
      </div>
      <div className={data === undefined && error === undefined ? 'charts-loading' : undefined}>
        <LoadState isLoaded={data !== undefined} error={error} />
      </div>
      {data?.providers.map((figures) => (
        <ProviderCharts
          key={figures.provider}
          figures={figures}
          times={data.times}
          period={periodName(data.periodSeconds)}
        />
      ))}
    </section>
  );
}

interface ProviderChartsProps {
  readonly figures: ProviderFigures;
  readonly times: readonly number[];
  /** Time that one bar or point stands for. */
  readonly period: string;
}

function ProviderCharts({ figures, times, period }: ProviderChartsProps) {
  const { provider, accepted, rejected, processed, failed, p50, p95, p99 } = figures;
  return (
    <div className="provider-charts">
      <h3>{provider}</h3>
      <div className="charts">
        <Chart
          title="Deliveries"
          note={`total, and per ${period}`}
          kind="bars"
          times={times}
          series={[
            { label: 'Accepted', values: accepted, tone: 'one' },
            { label: 'Rejected', values: rejected, tone: 'bad' },
          ]}
          format={formatCount}
          summarize={sum}
          empty="No delivery in this period"
        />
        <Chart
          title="Events"
          note={`total, and per ${period}`}
          kind="bars"
          times={times}
          series={[
            { label: 'Processed', values: processed, tone: 'good' },
            { label: 'Failed attempts', values: failed, tone: 'bad' },
          ]}
          format={formatCount}
          summarize={sum}
          empty="No event in this period"
        />
        <Chart
          title="From acceptance to effect"
          note={`latest, and per ${period}`}
          kind="lines"
          times={times}
          series={[
            { label: 'p50', values: p50, tone: 'one' },
            { label: 'p95', values: p95, tone: 'two' },
            { label: 'p99', values: p99, tone: 'three' },
          ]}
          format={formatDuration}
          summarize={last}
          empty="Nothing measured in this period"
        />
        <Chart
          title="Oldest message in the queue"
          note={`latest, and per ${period}`}
          kind="lines"
          times={times}
          series={[{ label: 'Age', values: figures.queueAgeSeconds, tone: 'one' }]}
          format={formatSeconds}
          summarize={last}
          empty="The queue was empty"
        />
      </div>
    </div>
  );
}

const periodName = (seconds: number) => (seconds === 60 ? 'minute' : `${seconds / 60} minutes`);

const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const formatCount = (value: number) => numbers.format(value);
const formatSeconds = (value: number) => (value === 0 ? '0 s' : formatDuration(value * 1_000));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const last = (values: readonly number[]) => values.at(-1);
