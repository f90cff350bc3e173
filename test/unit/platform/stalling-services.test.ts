import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeSendMail } from '../../../lambdas/notifications/resend-client.ts';
import { makePublishEvents } from '../../../lambdas/outbox/put-events.ts';
import { makeReadSums } from '../../../lambdas/platform/aws/cloudwatch-metrics.ts';
import { openEvidenceBucket } from '../../../lambdas/platform/aws/evidence-bucket.ts';
import { makeInvokeNamed } from '../../../lambdas/platform/aws/invoke-lambda.ts';
import { openEvidencePublicKey, openEvidenceSigner } from '../../../lambdas/platform/aws/kms.ts';
import { openSignedApi } from '../../../lambdas/platform/aws/signed-api.ts';
import { openMuxWebhooks } from '../../../lambdas/signing-secrets/mux-webhooks-api.ts';
import { openResendWebhooks } from '../../../lambdas/signing-secrets/resend-webhooks-api.ts';
import { makeCreateDirectUpload } from '../../../lambdas/uploads/mux-direct-upload.ts';
import { useAwsEnvironment } from '../../support/aws/aws-service.ts';
import { root, sourcesUnder } from '../../support/source.ts';

/** Sends the headers and a part of the body, and then nothing. */
const stalls = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"a":');
};
/** Sends the headers and then one byte every 20 ms, for ever. */
const drips = (response: ServerResponse) => {
  stalls(response);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

let behave: (response: ServerResponse) => void;
let server: Server;
let requests = 0;

beforeEach(async () => {
  requests = 0;
  server = createServer((request, response) => {
    requests += 1;
    request.resume();
    behave(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = ['EVENTBRIDGE', 'S3', 'KMS', 'LAMBDA', 'CLOUDWATCH'];
  useAwsEnvironment(
    Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
  );
  Object.assign(process.env, { MUX_BASE_URL: url, RESEND_BASE_URL: url, ...signer });
});
afterEach(() => {
  delete process.env['MUX_BASE_URL'];
  delete process.env['RESEND_BASE_URL'];
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const limits = { attempts: 2, attemptMs: 150 };
const timeoutMs = 300;
const event = { id: 'e-1', type: 'asset.ready', detail: {} };
const object = { key: 'k', contentType: 'text/plain', content: 'c', sha256: '00'.repeat(32) };
const query = {
  namespace: 'n',
  metrics: ['m'],
  dimensions: {},
  from: new Date(0),
  to: new Date(60_000),
  periodSeconds: 60,
};
const upload = { assetId: 'a', ownerId: 'o', title: 't', playbackPolicy: 'signed' } as const;
const mail = {
  notificationId: 'n',
  idempotencyKey: 'n',
  kind: 'k',
  to: 'a@b.example',
  subject: 's',
  html: 'h',
  text: 't',
};
const names = '{"job":"f"}';
const page = 'https://a.example';
const muxToken = async () => '{"tokenId":"a","tokenSecret":"b"}';
const muxWebhooks = () => openMuxWebhooks({ apiToken: muxToken, address: page, timeoutMs });
const resendWebhooks = () =>
  openResendWebhooks({ apiKey: async () => 're_1', address: page, timeoutMs });

const failsCleanly = 'rejected';

/** Identity of a function, as Lambda sets it. */
const signer = {
  AWS_REGION: 'ap-southeast-2',
  AWS_ACCESS_KEY_ID: 'LOCAL',
  AWS_SECRET_ACCESS_KEY: 'local',
};

/** Each call with its result: three return their failures. */
const calls: readonly (readonly [string, () => Promise<unknown>, unknown])[] = [
  [
    'EventBridge PutEvents',
    () => makePublishEvents('bus', 1_048_576, limits)([event]),
    { published: [], failed: [expect.objectContaining({ id: 'e-1' })] },
  ],
  ['S3 PutObject', () => openEvidenceBucket('bucket', limits).put(object), failsCleanly],
  ['S3 GetObject', () => openEvidenceBucket('bucket', limits).get('k', null), failsCleanly],
  ['S3 ListVersions', () => openEvidenceBucket('bucket', limits).listVersions('k'), failsCleanly],
  ['KMS Sign', () => openEvidenceSigner('key', limits).sign('00'.repeat(32)), failsCleanly],
  ['KMS GetPublicKey', () => openEvidencePublicKey('key', limits)(), failsCleanly],
  ['Lambda Invoke of a job', () => makeInvokeNamed(names, limits)('job', {}), failsCleanly],
  [
    'signed API',
    () => openSignedApi(timeoutMs)(`${process.env['MUX_BASE_URL']}`, {}),
    failsCleanly,
  ],
  ['CloudWatch GetMetricData', () => makeReadSums(limits)(query), failsCleanly],
  [
    'Mux uploads',
    () =>
      makeCreateDirectUpload({
        apiToken: muxToken,
        corsOrigin: page,
        uploadSeconds: 3_600,
        timeoutMs,
      })(upload),
    expect.objectContaining({ outcome: 'deferred' }),
  ],
  ['Mux webhooks', () => muxWebhooks().list(), failsCleanly],
  ['Mux webhook creation', () => muxWebhooks().create({}), failsCleanly],
  ['Mux webhook update', () => muxWebhooks().disable('w'), failsCleanly],
  ['Mux webhook deletion', () => muxWebhooks().delete('w'), failsCleanly],
  ['Resend webhooks', () => resendWebhooks().list(), failsCleanly],
  [
    'Resend mails',
    () =>
      makeSendMail({
        apiKey: async () => 're_1',
        from: 'a@b.example',
        replyTo: 's@b.example',
        timeoutMs,
      })(mail),
    expect.objectContaining({ outcome: 'deferred' }),
  ],
];

describe.each([
  ['stalls', stalls],
  ['drips', drips],
])('ends a call whose response %s after its headers', (_, behaviour) => {
  test.each(calls)('%s', async (_name, call, expected) => {
    behave = behaviour;
    const result = await Promise.race([
      call().catch(() => failsCleanly),
      setTimeout(3_000, 'still waiting', { ref: false }),
    ]);

    expect(requests).toBeGreaterThan(0);
    expect(result).toEqual(expected);
  });
});

test('retries a call whose body stalls', async () => {
  behave = stalls;

  expect(await makePublishEvents('bus', 1_048_576, limits)([event])).toMatchObject({
    published: [],
    failed: [{ id: 'e-1' }],
  });
  expect(requests).toBe(2);
});

test('each call of the SDK has a deadline', () => {
  const sends = sourcesUnder('lambdas')
    .map(({ path }) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    .filter(({ text }) => text.includes("from '@aws-sdk/client-"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\.send\(.*?;\n/gs)].map(([statement]) => ({ path, statement })),
    );

  expect(sends.length).toBeGreaterThan(10);
  expect(sends.filter(({ statement }) => !statement.includes('callDeadline('))).toEqual([]);
});
