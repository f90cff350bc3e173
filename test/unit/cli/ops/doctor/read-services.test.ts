import { expect, test } from '@jest/globals';
import { readAccount, readConcurrency } from '../../../../../cli/ops/doctor/read/read-account.ts';
import { readDomains } from '../../../../../cli/ops/doctor/read/read-mail.ts';
import { readMuxSigningKey } from '../../../../../cli/ops/doctor/read/read-mux.ts';
import {
  readSchedules,
  readSubscriptions,
} from '../../../../../cli/ops/doctor/read/read-operation.ts';
import {
  readBootstrapVersion,
  readPhysicalIds,
  readRemovedExports,
  readStack,
} from '../../../../../cli/ops/doctor/read/read-stacks.ts';
import { useDocumentedServer } from '../../../../support/aws/documented-server.ts';

// Answers are in the form of each API's reference, with our own values.
const service = useDocumentedServer();
const REGION = 'ap-southeast-2';
const TOPIC = 'arn:aws:sns:ap-southeast-2:123456789012:on-call';

const xml = (action: string, result: string) =>
  `<${action}Response xmlns="http://example.org/doc/"><${action}Result>${result}</${action}Result>` +
  `<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;
const members = (values: readonly string[]) =>
  values.map((value) => `<member>${value}</member>`).join('');
const validationError = (message: string) => ({
  status: 400,
  body:
    '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>' +
    `<Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error>` +
    '<RequestId>1</RequestId></ErrorResponse>',
});

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
      '<Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId><Account>123456789012</Account>',
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

test('states which service refused', async () => {
  service.answers({ 'GET /schedules': { status: 403, body: { message: 'No.' } } });

  await expect(readSchedules(REGION, 'group')).rejects.toThrow(
    'scheduler.ap-southeast-2.amazonaws.com answered 403.',
  );
});

const stackXml = (name: string, outputs: readonly string[]) =>
  xml(
    'DescribeStacks',
    `<Stacks><member><StackName>${name}</StackName><StackId>arn:${name}</StackId>` +
      '<CreationTime>2026-11-29T00:00:00Z</CreationTime>' +
      '<EnableTerminationProtection>true</EnableTerminationProtection>' +
      `<StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${members(outputs)}</Outputs>` +
      '</member></Stacks>',
  );

test('reads a stack with its exports', async () => {
  const outputs = [
    '<OutputKey>A</OutputKey><OutputValue>a</OutputValue><ExportName>data:A</ExportName>',
    '<OutputKey>B</OutputKey><OutputValue>b</OutputValue>',
  ];
  service.answers({ DescribeStacks: { body: stackXml('data', outputs) } });

  expect(await readStack(REGION, 'data')).toEqual({
    name: 'data',
    status: 'UPDATE_COMPLETE',
    isProtected: true,
    exports: ['data:A'],
  });
});

test('reads the version of the bootstrap stack, and that there is none', async () => {
  const output = '<OutputKey>BootstrapVersion</OutputKey><OutputValue>28</OutputValue>';
  service.answers({
    DescribeStacks: [
      { body: stackXml('CDKToolkit', [output]) },
      validationError('Stack with id CDKToolkit does not exist'),
    ],
  });

  expect(await readBootstrapVersion(REGION)).toBe(28);
  expect(await readBootstrapVersion(REGION)).toBeUndefined();
});

test('reads which stacks import a removed export', async () => {
  service.answers({
    'ListImports ExportName=data%3AUsed': {
      body: xml('ListImports', `<Imports>${members(['webhooks'])}</Imports>`),
    },
    ListImports: validationError("Export 'data:Unused' is not imported by any stack."),
  });
  const removed = await readRemovedExports(
    REGION,
    ['data:Used', 'data:Unused', 'data:Kept'],
    ['data:Kept'],
  );

  expect(service.requests).toHaveLength(2);
  expect(removed).toEqual([
    { name: 'data:Used', importedBy: ['webhooks'] },
    { name: 'data:Unused', importedBy: [] },
  ]);
});

test('finds a resource beyond the first page of a stack', async () => {
  const resource = (id: string, type: string) =>
    `<LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id}-1</PhysicalResourceId>` +
    `<ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus>` +
    '<LastUpdatedTimestamp>2026-11-29T00:00:00Z</LastUpdatedTimestamp>';
  const page = (summaries: readonly string[], next = '') => ({
    body: xml(
      'ListStackResources',
      `<StackResourceSummaries>${members(summaries)}</StackResourceSummaries>${next}`,
    ),
  });
  const functions = Array.from({ length: 100 }, (_, index) =>
    resource(`Function${index}`, 'AWS::Lambda::Function'),
  );
  service.answers({
    ListStackResources: [
      page(functions, '<NextToken>more</NextToken>'),
      page([resource('OnCall', 'AWS::SNS::Topic')]),
    ],
  });

  expect(await readPhysicalIds(REGION, 'webhooks', 'AWS::SNS::Topic')).toEqual(['OnCall-1']);
});

// https://resend.com/docs/api-reference/domains/list-domains
test('reads all pages of domains at Resend', async () => {
  const domain = (id: string, name: string, status: string) => ({
    id,
    name,
    status,
    created_at: '2026-11-01 17:12:02.059593+00',
    region: 'us-east-1',
    capabilities: { sending: 'enabled', receiving: 'disabled' },
  });
  service.answers({
    'GET /domains?limit=100&after=b': {
      body: { object: 'list', has_more: false, data: [domain('c', 'c.org', 'verified')] },
    },
    'GET /domains?limit=100': {
      body: {
        object: 'list',
        has_more: true,
        data: [domain('a', 'a.org', 'not_started'), domain('b', 'b.org', 'pending')],
      },
    },
  });

  expect(await readDomains('re_1')).toEqual([
    { name: 'a.org', status: 'not_started' },
    { name: 'b.org', status: 'pending' },
    { name: 'c.org', status: 'verified' },
  ]);
});

test('states that a key of Resend with sending access cannot read domains', async () => {
  const restricted = {
    statusCode: 401,
    name: 'restricted_api_key',
    message: 'This API key is restricted to only send emails',
  };
  service.answers({ 'GET /domains': { status: 401, body: restricted } });

  await expect(readDomains('re_1')).rejects.toThrow(
    'Resend answered 401; the secret resend/webhooks-api-key needs full access.',
  );
});

// https://www.mux.com/docs/api-reference/system/signing-keys/get-url-signing-key
test('reads if Mux knows a signing key', async () => {
  const secret = JSON.stringify({ keyId: 'known', privateKey: 'x' });
  const token = JSON.stringify({ tokenId: 'a', tokenSecret: 'b' });
  service.answers({
    'GET /system/v1/signing-keys/known': {
      body: { data: { id: 'known', created_at: '1790000000' } },
    },
    'GET /system/v1/signing-keys/deleted': {
      status: 404,
      body: { error: { type: 'not_found', messages: ['The requested resource does not exist'] } },
    },
  });

  expect(await readMuxSigningKey(secret, token)).toEqual({ keyId: 'known', exists: true });
  expect(await readMuxSigningKey(secret.replace('known', 'deleted'), token)).toEqual({
    keyId: 'deleted',
    exists: false,
  });
});

test('a signing key that Mux does not show is no missing key', async () => {
  service.answers({
    'GET /system/v1/signing-keys/known': {
      status: 401,
      body: { error: { type: 'unauthorized', messages: ['Unauthorized request'] } },
    },
  });
  const token = JSON.stringify({ tokenId: 'a', tokenSecret: 'b' });

  await expect(readMuxSigningKey('{"keyId":"known"}', token)).rejects.toThrow('401');
});
