import { expect, test } from '@jest/globals';
import type { Resources } from '../../../../local/cloudformation/resources.ts';
import { describeUpdate, takeSnapshot } from '../../../../local/watch/describe-update.ts';

type Resource = readonly [type: string, id: string, properties: object];

const resources = (...all: readonly Resource[]): Pick<Resources, 'ofType'> => ({
  ofType: (type) =>
    all
      .filter(([one]) => one === type)
      .map(([, id, properties]) => ({
        id,
        identity: { ref: id, attributes: {} },
        properties,
      })) as never,
});

const queue = (seconds: number): Resource => [
  'AWS::SQS::Queue',
  'MuxQueue0E6B8564',
  { VisibilityTimeout: seconds },
];
const lambda = (timeout: number, key: string): Resource => [
  'AWS::Lambda::Function',
  'MuxProcessorFunction0E6B8564',
  { Timeout: timeout, Code: { S3Key: key } },
];
const route: Resource = ['AWS::ApiGatewayV2::Route', 'Route0E6B8564', { RouteKey: 'POST /x' }];

test('describes what was added, changed and removed, by names for people', () => {
  const before = takeSnapshot(resources(queue(30), lambda(3, 'a')));
  const after = takeSnapshot(resources(lambda(10, 'b'), route));

  expect(describeUpdate(before, after)).toEqual([
    'changed: function MuxProcessor',
    'removed: queue MuxQueue',
    'added: route POST /x',
  ]);
});

test('describes no change of the code alone', () => {
  const before = takeSnapshot(resources(lambda(3, 'a')));

  expect(describeUpdate(before, takeSnapshot(resources(lambda(3, 'b'))))).toEqual([]);
});
