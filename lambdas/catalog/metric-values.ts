import type { metricFamilies } from './metrics.ts';

type Families = typeof metricFamilies;
export type MetricFamily = keyof Families;
export type MetricName<F extends MetricFamily> = keyof (Families[F]['always'] &
  Families[F]['optional']) &
  string;
export type MetricDimensions<F extends MetricFamily> = Readonly<
  Record<Families[F]['dimensions'][number], string>
>;

type MetricValue = number | readonly number[];
export type MetricValues<F extends MetricFamily> = Readonly<
  Record<keyof Families[F]['always'], MetricValue> &
    Partial<Record<keyof Families[F]['optional'], MetricValue>>
>;
