import { metricFamilies, metricNamespace, unitOf } from '../lambdas/catalog/metrics.ts';

interface Family {
  readonly of: string;
  readonly dimensions: readonly string[];
  readonly always: Readonly<Record<string, string>>;
  readonly sometimes: Readonly<Record<string, string>>;
}

const head = `# Metrics

What our code tells CloudWatch, in its embedded format, under \`${metricNamespace('<stage>')}\`. This page is written by
\`npm run docs\` from [lambdas/catalog/metrics.ts](../lambdas/catalog/metrics.ts), which the code that emits, the alarms and
the dashboard are checked against. Metrics that have several values in a line (each \`…Ms\` of a batch) give true
percentiles. CloudWatch charges for each metric and each set of values of its dimensions, by the hours in which there was any.
`;

/** docs/metrics.md */
export function describeMetrics(): string {
  const sections = Object.entries(metricFamilies).map(([name, family]) => describe(name, family));
  return `${[head, ...sections].join('\n')}`;
}

function describe(name: string, { of, dimensions, always, sometimes }: Family): string {
  const rows = Object.entries({ ...always, ...sometimes }).map(
    ([metric, meaning]) =>
      `| \`${metric}\` | ${unitOf(metric)} | ${metric in always ? 'always' : 'where known'} | ${meaning} |`,
  );
  const under = dimensions.map((one) => `\`${one}\``).join(', ') || 'none';
  const table = ['| Metric | Unit | Sent | Means |', '| --- | --- | --- | --- |', ...rows];
  return [`## ${name}`, '', `${of}. Dimensions: ${under}.`, '', ...table, ''].join('\n');
}
