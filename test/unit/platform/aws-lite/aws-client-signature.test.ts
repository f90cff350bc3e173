import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { type AwsCall, awsRequest } from '../../../../lambdas/platform/aws-lite/aws-client.ts';
import { type AwsRequest, answers, useAwsService } from '../../../support/aws/aws-service.ts';

const service = useAwsService();
const accepts = answers(200, { MessageId: '1' });
const call: AwsCall = {
  service: 'sqs',
  operation: 'SendMessage',
  input: { MessageBody: 'private: Zażółć 🎬' },
  attemptMs: 5_000,
};

test('signs like the AWS SDK, with the current credentials of the environment', async () => {
  service.behaves(accepts);
  await awsRequest(call);
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDROTATED';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'rotated';
  process.env['AWS_SESSION_TOKEN'] = '';
  await awsRequest(call);

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

/** Signs the received request again, with the same headers, body and time. */
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
