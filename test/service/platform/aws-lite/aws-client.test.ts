import { expect, test } from '@jest/globals';
import {
  type AwsCall,
  AwsRequestError,
  awsRequest,
} from '../../../../lambdas/platform/aws-lite/aws-client.ts';
import {
  type AwsBehaviour,
  answers,
  closesWithinBody,
  fails,
  neverAnswers,
  resetsConnection,
  resetsWithinBody,
  useAwsService,
} from '../../../support/aws/aws-service.ts';
import { useStdout } from '../../../support/stdout.ts';

const service = useAwsService();
const stdout = useStdout();

const aCall = (overrides: Partial<AwsCall> = {}): AwsCall => ({
  service: 'sqs',
  operation: 'SendMessage',
  input: { MessageBody: 'private: Zażółć 🎬' },
  attemptMs: 5_000,
  ...overrides,
});

const accepts = answers(200, { MessageId: '1' });

async function failure(call: AwsCall): Promise<AwsRequestError> {
  const error = await awsRequest(call).then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof AwsRequestError) return error;
  throw new Error(`Expected an AwsRequestError, not ${error}.`);
}

test.each([
  ['sqs', 'SendMessage', 'application/x-amz-json-1.0', 'AmazonSQS.SendMessage'],
  [
    'secretsmanager',
    'GetSecretValue',
    'application/x-amz-json-1.1',
    'secretsmanager.GetSecretValue',
  ],
] as const)(
  'sends the headers of the %s protocol',
  async (name, operation, contentType, target) => {
    service.behaves(accepts);

    expect(await awsRequest(aCall({ service: name, operation }))).toEqual({ MessageId: '1' });
    expect(service.requests).toMatchObject([
      {
        headers: {
          host: new URL(service.url()).host,
          'content-type': contentType,
          'x-amz-target': target,
        },
        input: { MessageBody: 'private: Zażółć 🎬' },
      },
    ]);
  },
);

test('reuses its connection for the next request', async () => {
  service.behaves(accepts);

  for (let request = 0; request < 3; request += 1) await awsRequest(aCall());

  expect(service.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
});

test.each<[string, AwsBehaviour]>([
  ['a server error', fails(500, 'com.amazonaws.sqs#InternalError')],
  ['a 503 without JSON', answers(503, '<html>Service Unavailable</html>')],
  ['a throttle', fails(400, 'com.amazon.coral.availability#ThrottlingException')],
  ['the throttle of SQS', fails(403, 'com.amazonaws.sqs#RequestThrottled')],
  ['a 429', answers(429, '')],
  ['a reset connection', resetsConnection],
  ['a connection reset within the body', resetsWithinBody],
  ['a connection closed within the body', closesWithinBody],
  ['a timeout', neverAnswers],
])('retries after %s, on a new connection', async (_, behaviour) => {
  service.behaves(behaviour, accepts);

  expect(await awsRequest(aCall({ attemptMs: 300 }))).toEqual({ MessageId: '1' });
  expect(service.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  expect(stdout).toMatchObject([
    { level: 'WARN', message: 'AWS request failed; retrying', operation: 'SendMessage' },
  ]);
});

test('survives a connection that died while the process was frozen', async () => {
  service.behaves(accepts, resetsConnection, accepts);

  await awsRequest(aCall());

  expect(await awsRequest(aCall())).toEqual({ MessageId: '1' });
  expect(service.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
});

test.each<[string, AwsBehaviour, string]>([
  ['has an error', fails(500, 'com.amazonaws.sqs#InternalError'), 'InternalError'],
  ['throttles', fails(400, 'ThrottlingException'), 'ThrottlingException'],
  ['answers 502', answers(502, 'Bad Gateway'), 'Status502'],
  ['resets the connection', resetsConnection, 'ECONNRESET'],
  ['resets the connection within the body', resetsWithinBody, 'ECONNRESET'],
  ['closes the connection within the body', closesWithinBody, 'ECONNRESET'],
  ['never answers', neverAnswers, 'TimedOut'],
])('fails after the second attempt if the service %s', async (_, behaviour, code) => {
  service.behaves(behaviour);

  expect(await failure(aCall({ attemptMs: 300 }))).toMatchObject({ name: 'AwsRequestError', code });
  expect(service.requests).toHaveLength(2);
});

test('fails if no server listens', async () => {
  await service.stop();

  expect(await failure(aCall())).toMatchObject({ code: 'ECONNREFUSED' });
});

test.each<[string, AwsBehaviour, string]>([
  ['a missing queue', fails(400, 'com.amazonaws.sqs#QueueDoesNotExist'), 'QueueDoesNotExist'],
  [
    'an error type with an address behind it',
    fails(400, 'AccessDeniedException:http://internal'),
    'AccessDeniedException',
  ],
  [
    'a secret without a value',
    fails(400, 'ResourceNotFoundException'),
    'ResourceNotFoundException',
  ],
  ['a body that is not JSON', answers(200, '<html>'), 'Status200'],
  ['a body that is not an object', answers(200, 'null'), 'Status200'],
  ['an error without a type', answers(403, '{}'), 'Status403'],
  ['a redirect', answers(302, ''), 'Status302'],
])('does not retry after %s, and reports its type', async (_, behaviour, code) => {
  service.behaves(behaviour);

  expect(await failure(aCall())).toMatchObject({
    code,
    message: `sqs SendMessage failed: ${code}.`,
  });
  expect(service.requests).toHaveLength(1);
});

test('the error contains neither input nor response', async () => {
  service.behaves(answers(400, { __type: 'InvalidMessageContents', message: 'private response' }));
  const error = await failure(aCall());

  const text = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
  expect(text).not.toContain('private');
  expect(text).not.toContain('session-token');
});

test('reports every missing environment variable', async () => {
  delete process.env['AWS_REGION'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];

  await expect(awsRequest(aCall())).rejects.toThrow(
    'Missing in the environment: AWS_REGION, AWS_SECRET_ACCESS_KEY.',
  );
});
