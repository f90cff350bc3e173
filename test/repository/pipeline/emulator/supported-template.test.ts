import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  supportedTemplate,
  type Template,
} from '../../../../scripts/pipeline/emulator/supported-template.ts';

const composite = { type: 'AWS::CloudWatch::CompositeAlarm', because: 'no composite alarms' };
const metricMath = { type: 'AWS::CloudWatch::Alarm', property: 'Metrics', because: 'no maths' };

const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } };
const page = { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {} };
const reduce = (resources: Template['Resources'], outputs: Template['Outputs'] = {}) =>
  supportedTemplate({ Resources: resources, Outputs: outputs }, [composite, metricMath]);
const dashboard = (body: unknown) => ({
  Type: 'AWS::CloudWatch::Dashboard',
  Properties: { DashboardBody: body },
});

test('leaves out a type, and only resources with a property', () => {
  const sum = { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [] } };
  const { template, leftOut } = reduce({ alarm, sum, page });

  expect(Object.keys(template.Resources)).toEqual(['alarm']);
  expect(leftOut).toEqual([
    { id: 'sum', type: 'AWS::CloudWatch::Alarm', because: 'no maths' },
    { id: 'page', type: 'AWS::CloudWatch::CompositeAlarm', because: 'no composite alarms' },
  ]);
});

describe('leaves out what refers to it', () => {
  test.each<[string, unknown]>([
    ['Ref', { Ref: 'page' }],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['page', 'Arn'] }],
    ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'page.Arn' }],
    ['Fn::Sub', { 'Fn::Sub': `arn:\${page.Arn}:x` }],
    ['Fn::Sub with values', { 'Fn::Sub': [`\${a}`, { a: { Ref: 'page' } }] }],
    ['a nested value', { 'Fn::Join': ['', ['a', [{ b: { Ref: 'page' } }]]] }],
  ])('by %s', (_, body) => {
    const { template, leftOut } = reduce({ page, dashboard: dashboard(body), alarm });

    expect(Object.keys(template.Resources)).toEqual(['alarm']);
    expect(leftOut[1]).toMatchObject({ id: 'dashboard', because: 'it refers to page' });
  });

  test('over several steps, whatever the order', () => {
    const { template } = reduce({
      third: dashboard({ Ref: 'second' }),
      second: dashboard({ Ref: 'page' }),
      page,
    });

    expect(template.Resources).toEqual({});
  });

  test('outputs too', () => {
    const { template } = reduce(
      { page, alarm },
      { Page: { Value: { Ref: 'page' } }, Alarm: { Value: { Ref: 'alarm' } } },
    );

    expect(Object.keys(template.Outputs ?? {})).toEqual(['Alarm']);
  });
});

test.each([
  ['a longer name', { Ref: 'pages' }],
  ['a literal of Fn::Sub', { 'Fn::Sub': `\${!page}` }],
  ['a plain text', 'page'],
])('keeps what does not refer to it: %s', (_, body) => {
  expect(Object.keys(reduce({ page, dashboard: dashboard(body) }).template.Resources)).toEqual([
    'dashboard',
  ]);
});

test('removes an order relative to what is left out, and keeps the resource', () => {
  const { template } = reduce({
    page,
    one: { ...alarm, DependsOn: 'page' },
    two: { ...alarm, DependsOn: ['page', 'one'] },
  });

  expect(template.Resources).toMatchObject({ one: { DependsOn: [] }, two: { DependsOn: ['one'] } });
});

test.each([
  'AWS::Lambda::Function',
  'AWS::SQS::Queue',
  'AWS::Lambda::EventSourceMapping',
  'AWS::ApiGatewayV2::Route',
  'AWS::IAM::Policy',
  'AWS::SecretsManager::Secret',
  'Custom::Trigger',
])('refuses to leave out a resource of type %s', (Type) => {
  const lost = { Type, Properties: { alarm: { Ref: 'page' } } };

  expect(() => reduce({ page, lost })).toThrow(`${Type} lost (it refers to page)`);
});

test('leaves no reference to a resource that is left out', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const resource = fc.record({
    Type: fc.constantFrom('AWS::CloudWatch::CompositeAlarm', 'AWS::CloudWatch::Dashboard'),
    DependsOn: fc.subarray(ids),
    Properties: fc.record({ refs: fc.array(fc.record({ Ref: fc.constantFrom(...ids) })) }),
  });
  fc.assert(
    fc.property(fc.record(Object.fromEntries(ids.map((id) => [id, resource]))), (resources) => {
      const { template, leftOut } = reduce(resources);
      const kept = Object.keys(template.Resources);

      expect([...kept, ...leftOut.map(({ id }) => id)].toSorted()).toEqual(ids);
      for (const { id } of leftOut) expect(JSON.stringify(template)).not.toContain(`"${id}"`);
    }),
  );
});
