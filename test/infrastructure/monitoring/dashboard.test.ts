import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { jobs } from '../../../lambdas/catalog/jobs.ts';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import { dashboards } from '../support/metrics.ts';
import { functions } from '../support/our-functions.ts';
import { at, entryOf, list, render } from '../support/references.ts';
import { every, type Resource } from '../support/stages.ts';

const body = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      x: z.number(),
      y: z.number(),
      width: z.number(),
      properties: z.looseObject({
        title: z.string().optional(),
        markdown: z.string().optional(),
        endpoint: z.string().optional(),
        updateOn: z.record(z.string(), z.boolean()).optional(),
        metrics: z.array(z.array(z.unknown())).default([]),
      }),
    }),
  ),
});

type Widget = z.output<typeof body>['widgets'][number];

const widgetsOf = (dashboard: Resource) =>
  body.parse(JSON.parse(render(dashboard, dashboard.Properties['DashboardBody']))).widgets;

/** Returns the widgets below a heading in reading order. */
function section(dashboard: Resource, heading: string): readonly Widget[] {
  const widgets = widgetsOf(dashboard);
  const from = widgets.findIndex(({ properties }) => properties.markdown === `## ${heading}`);
  const to = widgets.findIndex(({ type }, index) => type === 'text' && index > from);
  return widgets.slice(from + 1, to === -1 ? undefined : to).sort((a, b) => a.y - b.y || a.x - b.x);
}

/** Returns the metric names of a widget, percentiles included; `=` is an expression. */
const names = ({ properties }: Widget) =>
  properties.metrics.map(([namespace, name, ...rest]) => {
    const stat = at(rest.at(-1), 'stat');
    return typeof namespace === 'string'
      ? `${name}${/^p\d/.test(String(stat)) ? ` ${stat}` : ''}`
      : '=';
  });

const percentiles = (name: string) =>
  ['p50', 'p95', 'p99'].map((percentile) => `${name} ${percentile}`);
const queueMetrics = (visible: number) => [
  ...Array.from({ length: visible }, () => 'ApproximateNumberOfMessagesVisible'),
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateAgeOfOldestMessage',
];
const everyPipeline = dashboards.flatMap((dashboard) =>
  providers.map((provider) => ({ stack: dashboard.stack, dashboard, provider })),
);

test.each(everyPipeline)(
  '$stack: the widgets of $provider are in processing order',
  ({ dashboard, provider }) => {
    const shown = section(dashboard, provider).map((widget) => [
      ...new Set(names(widget).filter((name) => name !== '=')),
    ]);

    expect(shown).toEqual([
      ['Accepted', 'Rejected', 'AcceptFailed'],
      percentiles('Latency'),
      [...new Set(queueMetrics(2))],
      ['Succeeded', 'Failed', 'AcceptFailed', 'Errors'],
      ['Processed', 'Ignored', 'Stale', 'Duplicate'],
      ['Retried', 'Redriven', 'Exhausted'],
      percentiles('AcceptToEffectMs'),
      [
        'SecretCurrent',
        'SecretPrevious',
        ...(registry[provider].expectedTraffic === 'none'
          ? []
          : ['Accepted', 'MissingTrafficSeconds']),
      ],
    ]);
  },
);

test.each(dashboards)(
  '$stack: $id shows succeeded runs, failed runs and the duration of every job',
  (dashboard) => {
    const shown = section(dashboard, 'Jobs').map(({ properties }) =>
      properties.metrics.map((row) => `${row[1]} ${row[3]}`),
    );

    expect(shown).toEqual(
      ['JobSucceeded', 'JobFailed', 'JobMs'].map((metric) =>
        jobs.map(({ name }) => `${metric} ${name}`),
      ),
    );
  },
);

test.each(dashboards)(
  '$stack: $id lists failed events through a function that operators may invoke',
  (dashboard) => {
    const custom = widgetsOf(dashboard).filter(({ type }) => type === 'custom');
    const widget = functions.find(
      (candidate) =>
        candidate.stage === dashboard.stage &&
        entryOf(candidate) === 'operations/events-widget.handler.ts',
    );
    const operators = every('AWS::IAM::ManagedPolicy').filter(
      ({ stage }) => stage === dashboard.stage,
    );
    const invocable = operators.flatMap((policy) =>
      list(at(policy.Properties, 'PolicyDocument', 'Statement'))
        .filter((statement) => list(at(statement, 'Action')).includes('lambda:InvokeFunction'))
        .flatMap((statement) => list(at(statement, 'Resource')))
        .map((target) => render(policy, target)),
    );

    expect(custom.map(({ properties }) => properties.endpoint)).toEqual([`<${widget?.id}>`]);
    expect(custom[0]?.properties.updateOn).toMatchObject({ refresh: true });
    // CloudWatch invokes the function with the permissions of the person at the dashboard.
    expect(invocable).toHaveLength(2);
    expect(invocable).toContain(`<${widget?.id}>`);
    expect(invocable).toContainEqual(expect.stringMatching(/^<OperationsReplayWidget/));
  },
);

test.each(dashboards)('$stack: $id has no overlapping widgets', (dashboard) => {
  const corners = widgetsOf(dashboard).map(({ x, y }) => `${x}, ${y}`);

  expect(new Set(corners).size).toBe(corners.length);
  expect(Math.max(...widgetsOf(dashboard).map(({ x, width }) => x + width))).toBeLessThanOrEqual(
    24,
  );
});
