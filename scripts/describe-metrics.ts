import { metricFamilies, metricNamespace, unitOf } from '../lambdas/catalog/metrics.ts';

interface Family {
  readonly description: string;
  readonly dimensions: readonly string[];
  readonly always: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
}

const head = `# Metrics

All metrics that this system sends to CloudWatch in the embedded metric format, under
\`${metricNamespace('<stage>')}\`. \`npm run docs\` writes this page from
[lambdas/catalog/metrics.ts](../lambdas/catalog/metrics.ts). Tests compare the emitting code, the alarms and the dashboard
with that file. A metric with several values in one line (each \`…Ms\` of a batch) yields exact percentiles. CloudWatch
charges for each metric and each set of dimension values, by the hours that contain data.
`;

/** Returns the text of docs/metrics.md. */
export function describeMetrics(): string {
  const sections = Object.entries(metricFamilies).map(([name, family]) => describe(name, family));
  return `${[head, ...sections].join('\n')}`;
}

function describe(name: string, { description, dimensions, always, optional }: Family): string {
  const sentWhen = (metric: string) => (metric in always ? 'always' : 'if known');
  const rows = Object.entries({ ...always, ...optional }).map(
    ([metric, meaning]) =>
      `| \`${metric}\` | ${unitOf(metric)} | ${sentWhen(metric)} | ${meaning} |`,
  );
  const dimensionNames = dimensions.map((name) => `\`${name}\``).join(', ') || 'none';
  const table = ['| Metric | Unit | Sent | Meaning |', '| --- | --- | --- | --- |', ...rows];
  return [`## ${name}`, '', `${description} Dimensions: ${dimensionNames}.`, '', ...table, ''].join(
    '\n',
  );
}
