import { expect, test } from '@jest/globals';
import {
  readBootstrapVersion,
  readPhysicalIds,
  readRemovedExports,
  readStack,
} from '../../../../../cli/ops/doctor/read/read-stacks.ts';
import { useDocumentedServer } from '../../../../support/aws/documented-server.ts';
import { members, validationError, xml } from '../../../../support/aws/query-protocol.ts';

const service = useDocumentedServer();
const REGION = 'ap-southeast-2';

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
