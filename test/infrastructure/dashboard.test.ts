import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { jobs } from '../../lambdas/catalog/jobs.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { dashboards } from './support/metrics.ts';
import { functions } from './support/our-functions.ts';
import { at, entryOf, list, render } from './support/references.ts';
import { every, type Resource } from './support/stages.ts';

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

/** From a heading to the next, as one reads. */
function section(dashboard: Resource, heading: string): readonly Widget[] {
  const widgets = widgetsOf(dashboard);
  const from = widgets.findIndex(({ properties }) => properties.markdown === `## ${heading}`);
  const to = widgets.findIndex(({ type }, index) => type === 'text' && index > from);
  return widgets.slice(from + 1, to === -1 ? undefined : to).sort((a, b) => a.y - b.y || a.x - b.x);
}

const names = ({ properties }: Widget) =>
  properties.metrics.map(([namespace, name, ...rest]) => {
    const stat = at(rest.at(-1), 'stat');
    return typeof namespace === 'string'
      ? `${name}${/^p\d/.test(String(stat)) ? ` ${stat}` : ''}`
      : '=';
  });

const percentiles = (name: string) => ['p50', 'p95', 'p99'].map((one) => `${name} ${one}`);
const ofQueue = (visible: number) => [
  ...Array.from({ length: visible }, () => 'ApproximateNumberOfMessagesVisible'),
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateAgeOfOldestMessage',
];
const everyPipeline = dashboards.flatMap((dashboard) =>
  providers.map((provider) => ({ stack: dashboard.stack, dashboard, provider })),
);

test.each(everyPipeline)(
  '$stack: $provider is shown from left to right as its webhooks travel',
  (one) => {
    const shown = section(one.dashboard, one.provider).map((widget) => [
      ...new Set(names(widget).filter((name) => name !== '=')),
    ]);

    expect(shown).toEqual([
      ['Accepted', 'Rejected', 'AcceptFailed'],
      percentiles('Latency'),
      [...new Set(ofQueue(2))],
      ['Succeeded', 'Failed', 'AcceptFailed', 'Errors'],
      ['Processed', 'Ignored', 'Stale', 'Duplicate'],
      ['Retried', 'Redriven', 'Exhausted'],
      percentiles('AcceptToEffectMs'),
      ['SecretCurrent', 'SecretPrevious', 'Accepted', 'MissingTrafficSeconds'],
    ]);
  },
);

test.each(dashboards)(
  '$stack: $id shows the runs of every job, those that failed and how long they took',
  (one) => {
    const shown = section(one, 'Jobs').map(({ properties }) =>
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
  '$stack: $id lists what failed, by a function that operators may call',
  (dashboard) => {
    const custom = widgetsOf(dashboard).filter(({ type }) => type === 'custom');
    const widget = functions.find(
      (one) =>
        one.stage === dashboard.stage && entryOf(one) === 'operations/events-widget.handler.ts',
    );
    const operators = every('AWS::IAM::ManagedPolicy').filter(
      ({ stage }) => stage === dashboard.stage,
    );
    const callable = operators.flatMap((policy) =>
      list(at(policy.Properties, 'PolicyDocument', 'Statement'))
        .filter((one) => list(at(one, 'Action')).includes('lambda:InvokeFunction'))
        .flatMap((one) => list(at(one, 'Resource')).map((target) => render(policy, target))),
    );

    expect(custom.map(({ properties }) => properties.endpoint)).toEqual([`<${widget?.id}>`]);
    expect(custom[0]?.properties.updateOn).toMatchObject({ refresh: true });
    // CloudWatch calls it in the name of whoever looks.
    expect(callable).toEqual([`<${widget?.id}>`]);
  },
);

test.each(dashboards)('$stack: $id covers no widget with another', (dashboard) => {
  const corners = widgetsOf(dashboard).map(({ x, y }) => `${x}, ${y}`);

  expect(new Set(corners).size).toBe(corners.length);
  expect(Math.max(...widgetsOf(dashboard).map(({ x, width }) => x + width))).toBeLessThanOrEqual(
    24,
  );
});
