import { expect, test } from '@jest/globals';
import { readAccount, readConcurrency } from '../../../../../cli/ops/doctor/read/read-account.ts';
import {
  readSchedules,
  readSubscriptions,
} from '../../../../../cli/ops/doctor/read/read-operation.ts';
import { useDocumentedServer } from '../../../../support/aws/documented-server.ts';
import { members, xml } from '../../../../support/aws/query-protocol.ts';

// Answers are in the form of each API's reference, with our own values.
const service = useDocumentedServer();
const REGION = 'ap-southeast-2';
const TOPIC = 'arn:aws:sns:ap-southeast-2:123456789012:on-call';

test.each([
  [
    'JSON',
    {
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          Account: '123456789012',
          Arn: 'arn:aws:iam::123456789012:user/a',
          UserId: 'AIDA000000000000',
        },
      },
    },
  ],
  [
    'XML',
    xml(
      'GetCallerIdentity',
      '<Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId>' +
        '<Account>123456789012</Account>',
    ),
  ],
])('reads the account from an answer in %s', async (_, body) => {
  service.answers({ 'GET /?Action=GetCallerIdentity': { body } });

  expect(await readAccount(REGION)).toBe('123456789012');
});

test('reads the limits on concurrent executions', async () => {
  service.answers({
    'GET /2016-08-19/account-settings': {
      body: {
        AccountLimit: {
          CodeSizeUnzipped: 262_144_000,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: 10,
          TotalCodeSize: 80_530_636_800,
          UnreservedConcurrentExecutions: 8,
        },
        AccountUsage: { FunctionCount: 1, TotalCodeSize: 1 },
      },
    },
  });

  expect(await readConcurrency(REGION)).toEqual({ quota: 10, unreserved: 8 });
});

test('reads all pages of subscriptions, with those that are not confirmed', async () => {
  const subscription = (protocol: string, endpoint: string, arn: string) =>
    `<TopicArn>${TOPIC}</TopicArn><Protocol>${protocol}</Protocol>` +
    `<SubscriptionArn>${arn}</SubscriptionArn><Owner>123456789012</Owner>` +
    `<Endpoint>${endpoint}</Endpoint>`;
  const page = (subscriptions: readonly string[], next = '') => ({
    body: xml(
      'ListSubscriptionsByTopic',
      `<Subscriptions>${members(subscriptions)}</Subscriptions>${next}`,
    ),
  });
  service.answers({
    ListSubscriptionsByTopic: [
      page(
        [subscription('email', 'on@call.org', 'PendingConfirmation')],
        '<NextToken>more</NextToken>',
      ),
      page([subscription('https', 'https://pager.example.org/k', `${TOPIC}:80289ba6`)]),
    ],
  });

  expect(await readSubscriptions(REGION, TOPIC)).toEqual([
    { protocol: 'email', endpoint: 'on@call.org', isConfirmed: false },
    { protocol: 'https', endpoint: 'https://pager.example.org/k', isConfirmed: true },
  ]);
  expect(service.requests[1]).toContain('NextToken=more');
});

test('reads all pages of schedules of a group', async () => {
  const schedule = (Name: string, State: string) => ({
    Arn: `arn:aws:scheduler:ap-southeast-2:123456789012:schedule/group/${Name}`,
    CreationDate: 1_790_000_000.1,
    GroupName: 'group',
    LastModificationDate: 1_790_000_000.1,
    Name,
    State,
    Target: { Arn: 'arn:aws:lambda:ap-southeast-2:123456789012:function:job' },
  });
  service.answers({
    'GET /schedules?ScheduleGroup=group&NextToken=': {
      body: { NextToken: null, Schedules: [schedule('prune', 'DISABLED')] },
    },
    'GET /schedules?ScheduleGroup=group': {
      body: { NextToken: 'a+b/=', Schedules: [schedule('reconcile', 'ENABLED')] },
    },
  });

  expect(await readSchedules(REGION, 'group')).toEqual([
    { name: 'reconcile', isEnabled: true },
    { name: 'prune', isEnabled: false },
  ]);
  expect(
    new URL(service.requests[1]?.slice(4) ?? '', 'http://a').searchParams.get('NextToken'),
  ).toBe('a+b/=');
});

test('states which service rejected the call', async () => {
  service.answers({ 'GET /schedules': { status: 403, body: { message: 'No.' } } });

  await expect(readSchedules(REGION, 'group')).rejects.toThrow(
    'scheduler.ap-southeast-2.amazonaws.com answered 403.',
  );
});
