import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import {
  type AwsCall,
  AwsRequestError,
  awsRequest,
} from '../../../../lambdas/platform/aws-lite/aws-client.ts';
import {
  type AwsBehaviour,
  type AwsRequest,
  answers,
  closesMidway,
  fails,
  hangsUp,
  hangsUpMidway,
  saysNothing,
  useAwsService,
} from '../../../support/aws-service.ts';
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
] as const)('speaks the protocol of %s', async (name, operation, contentType, target) => {
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
});

test('signs as the AWS SDK does, with the credentials that the environment has at that moment', async () => {
  service.behaves(accepts);
  await awsRequest(aCall());
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDROTATED';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'rotated';
  process.env['AWS_SESSION_TOKEN'] = '';
  await awsRequest(aCall());

  const [first, second] = service.requests;
  expect(first?.headers['x-amz-security-token']).toBe('session-token');
  expect(second?.headers['x-amz-security-token']).toBeUndefined();
  for (const [request, credentials] of [
    [
      first,
      { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    ],
    [second, { accessKeyId: 'AKIDROTATED', secretAccessKey: 'rotated' }],
  ] as const) {
    expect(request?.headers.authorization).toBe(
      request && (await signatureOfTheSdk(request, credentials)),
    );
  }
});

/** Signs what arrived once more: the same headers, the same body, the same second. */
async function signatureOfTheSdk(
  { headers, body }: AwsRequest,
  credentials: { accessKeyId: string; secretAccessKey: string },
): Promise<string | undefined> {
  const client = new SQSClient({ region: 'eu-central-1', credentials });
  const signer = await client.config.signer();
  const { authorization = '' } = headers;
  const signedHeaders = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const date = String(headers['x-amz-date']).replace(
    /^(....)(..)(..T..)(..)(..Z)$/,
    '$1-$2-$3:$4:$5',
  );
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/',
    query: {},
    headers: Object.fromEntries(signedHeaders.map((name) => [name, String(headers[name])])),
    body,
  };
  const options = {
    signingDate: new Date(date),
    signingService: 'sqs',
    signableHeaders: new Set(signedHeaders),
    unsignableHeaders: new Set(['x-amz-content-sha256']),
  };
  return (await signer.sign(request as Parameters<typeof signer.sign>[0], options)).headers[
    'authorization'
  ];
}

test('keeps its connection for the next request', async () => {
  service.behaves(accepts);

  for (let request = 0; request < 3; request += 1) await awsRequest(aCall());

  expect(service.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
});

test.each<[string, AwsBehaviour]>([
  ['a fault of the service', fails(500, 'com.amazonaws.sqs#InternalError')],
  ['a service that is not there for a moment', answers(503, '<html>Service Unavailable</html>')],
  ['a throttle', fails(400, 'com.amazon.coral.availability#ThrottlingException')],
  ["SQS's own throttle", fails(403, 'com.amazonaws.sqs#RequestThrottled')],
  ['too many requests', answers(429, '')],
  ['a connection that is reset', hangsUp],
  ['a connection that is reset within the answer', hangsUpMidway],
  ['a connection that is closed within the answer', closesMidway],
  ['silence', saysNothing],
])('tries once more after %s, on a connection of its own', async (_, behaviour) => {
  service.behaves(behaviour, accepts);

  expect(await awsRequest(aCall({ attemptMs: 300 }))).toEqual({ MessageId: '1' });
  expect(service.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  expect(stdout).toMatchObject([
    { level: 'WARN', message: 'AWS request is tried again', operation: 'SendMessage' },
  ]);
});

test('survives a connection that went stale while the process was frozen', async () => {
  service.behaves(accepts, hangsUp, accepts);

  await awsRequest(aCall());

  expect(await awsRequest(aCall())).toEqual({ MessageId: '1' });
  expect(service.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
});

test.each<[string, AwsBehaviour, string]>([
  ['faults', fails(500, 'com.amazonaws.sqs#InternalError'), 'InternalError'],
  ['throttles', fails(400, 'ThrottlingException'), 'ThrottlingException'],
  ['is not there', answers(502, 'Bad Gateway'), 'Status502'],
  ['hangs up', hangsUp, 'ECONNRESET'],
  ['hangs up within the answer', hangsUpMidway, 'ECONNRESET'],
  ['closes within the answer', closesMidway, 'ECONNRESET'],
  ['says nothing', saysNothing, 'TimedOut'],
])('gives up after the second attempt when the service %s', async (_, behaviour, code) => {
  service.behaves(behaviour);

  expect(await failure(aCall({ attemptMs: 300 }))).toMatchObject({ name: 'AwsRequestError', code });
  expect(service.requests).toHaveLength(2);
});

test('gives up where nobody listens', async () => {
  await service.stop();

  expect(await failure(aCall())).toMatchObject({ code: 'ECONNREFUSED' });
});

test.each<[string, AwsBehaviour, string]>([
  [
    'a queue that does not exist',
    fails(400, 'com.amazonaws.sqs#QueueDoesNotExist'),
    'QueueDoesNotExist',
  ],
  [
    'a type with an address behind it',
    fails(400, 'AccessDeniedException:http://internal'),
    'AccessDeniedException',
  ],
  [
    'a secret without a value',
    fails(400, 'ResourceNotFoundException'),
    'ResourceNotFoundException',
  ],
  ['an answer that is no JSON', answers(200, '<html>'), 'Status200'],
  ['an answer that is no object', answers(200, 'null'), 'Status200'],
  ['a refusal without a type', answers(403, '{}'), 'Status403'],
  ['a redirect', answers(302, ''), 'Status302'],
])('does not try again after %s, and says so by name', async (_, behaviour, code) => {
  service.behaves(behaviour);

  expect(await failure(aCall())).toMatchObject({
    code,
    message: `sqs SendMessage failed: ${code}.`,
  });
  expect(service.requests).toHaveLength(1);
});

test('a failure tells nothing of what was asked or answered', async () => {
  service.behaves(answers(400, { __type: 'InvalidMessageContents', message: 'private answer' }));
  const error = await failure(aCall());

  const told = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
  expect(told).not.toContain('private');
  expect(told).not.toContain('session-token');
});

test('names every variable that it misses', async () => {
  delete process.env['AWS_REGION'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];

  await expect(awsRequest(aCall())).rejects.toThrow(
    'Missing in the environment: AWS_REGION, AWS_SECRET_ACCESS_KEY.',
  );
});
