// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub variables.
import { describe, expect, test } from '@jest/globals';
import type { Assembly, Stack } from '../../../../local/cloudformation/assembly.ts';
import { localIdentities } from '../../../../local/cloudformation/identities.ts';
import { openTemplate } from '../../../../local/cloudformation/template.ts';

const stack = (name: string, content: Partial<Stack>): Stack => ({
  name,
  region: 'ap-southeast-2',
  resources: [],
  parameters: {},
  outputs: [],
  ...content,
});

const resource = (id: string, type: string, properties = {}) => ({
  stack: 'app',
  id,
  type,
  properties,
});

const app = stack('app', {
  resources: [
    resource('Queue', 'AWS::SQS::Queue', { QueueName: 'films' }),
    resource('Function', 'AWS::Lambda::Function'),
    resource('Version', 'AWS::Lambda::Version', { FunctionName: { Ref: 'Function' } }),
    resource('Alarm', 'AWS::CloudWatch::Alarm'),
  ],
  parameters: { Stage: 'dev' },
});
const data = stack('data', {
  outputs: [
    {
      id: 'Bus',
      value: { 'Fn::Join': ['', ['bus-', { Ref: 'AWS::Region' }]] },
      exportName: 'data:Bus',
    },
  ],
});

function resolve(value: unknown): unknown {
  const assembly: Assembly = { stacks: [app, data], bundle: () => '' };
  const identify = localIdentities({ queues: 'http://127.0.0.1:9', api: 'http://127.0.0.1:8' });
  return openTemplate(assembly, identify).resolve('app', value);
}

describe('a template', () => {
  test.each([
    ['a queue to its URL', { Ref: 'Queue' }, 'http://127.0.0.1:9/000000000000/films'],
    [
      "a queue's ARN",
      { 'Fn::GetAtt': ['Queue', 'Arn'] },
      'arn:aws:sqs:ap-southeast-2:000000000000:films',
    ],
    ['a function without a name of its own', { Ref: 'Function' }, 'app-Function'],
    [
      "a version to its function's ARN",
      { Ref: 'Version' },
      'arn:aws:lambda:ap-southeast-2:000000000000:function:app-Function:1',
    ],
    ['an attribute of a type without a model', { 'Fn::GetAtt': ['Alarm', 'Foo'] }, 'app/Alarm.Foo'],
    ['a parameter to its default', { Ref: 'Stage' }, 'dev'],
    ['the region', { Ref: 'AWS::Region' }, 'ap-southeast-2'],
    ['a joined text', { 'Fn::Join': ['/', ['a', { Ref: 'Stage' }]] }, 'a/dev'],
    [
      'a text with variables',
      { 'Fn::Sub': 'x-${Stage}-${Queue.QueueName}-${!y}' },
      'x-dev-films-${y}',
    ],
    [
      'a text with variables and values',
      { 'Fn::Sub': ['${a}-${Stage}', { a: { Ref: 'Stage' } }] },
      'dev-dev',
    ],
    ['one part of a split text', { 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b-c'] }] }, 'b'],
    ['an export of another stack', { 'Fn::ImportValue': 'data:Bus' }, 'bus-ap-southeast-2'],
    [
      'the output of another stack',
      { 'Fn::GetStackOutput': { StackName: 'data', OutputName: 'Bus' } },
      'bus-ap-southeast-2',
    ],
  ])('resolves %s', (_, value, resolved) => {
    expect(resolve(value)).toBe(resolved);
  });

  test('omits values that resolve to AWS::NoValue', () => {
    expect(
      resolve({ kept: 1, dropped: { Ref: 'AWS::NoValue' }, list: [{ Ref: 'AWS::NoValue' }, 2] }),
    ).toEqual({
      kept: 1,
      list: [2],
    });
  });

  test.each([
    ['a missing resource', { Ref: 'Nobody' }, 'app refers to Nobody'],
    ['an unknown intrinsic function', { 'Fn::Cidr': ['10.0.0.0/8', 1, 8] }, 'app uses Fn::Cidr'],
    ['a missing export', { 'Fn::ImportValue': 'data:Nothing' }, 'No stack exports data:Nothing'],
    ['an unknown pseudo parameter', { Ref: 'AWS::NotificationARNs' }, 'AWS::NotificationARNs'],
  ])('rejects %s', (_, value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
