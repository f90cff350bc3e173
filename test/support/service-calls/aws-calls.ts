import { expect } from '@jest/globals';
import { makePublishEvents } from '../../../lambdas/outbox/put-events.ts';
import { makeReadSums } from '../../../lambdas/platform/aws/cloudwatch-metrics.ts';
import { openEvidenceBucket } from '../../../lambdas/platform/aws/evidence-bucket.ts';
import { makeInvokeNamed } from '../../../lambdas/platform/aws/invoke-lambda.ts';
import { openEvidencePublicKey, openEvidenceSigner } from '../../../lambdas/platform/aws/kms.ts';
import { openRotatedSecret } from '../../../lambdas/platform/aws/secret-versions.ts';
import { makeFetchSecretValue, openSecretsManager } from '../../../lambdas/platform/aws/secrets.ts';
import { openSignedApi } from '../../../lambdas/platform/aws/signed-api.ts';
import {
  makeSendMessage,
  openConsumedQueue,
  openQueue,
  openSqs,
} from '../../../lambdas/platform/aws/sqs.ts';
import { awsRequest } from '../../../lambdas/platform/aws-lite/aws-client.ts';

/** A call of a service, and its result if the service does not answer. */
export type ServiceCall = readonly [name: string, call: () => Promise<unknown>, result: unknown];

/** Result of a call that rejects. */
export const failsCleanly = 'rejected';

export const limits = { attempts: 2, attemptMs: 750 };
export const event = { id: 'e-1', type: 'asset.ready', detail: {} };
const object = { key: 'k', contentType: 'text/plain', content: 'c', sha256: '00'.repeat(32) };
const query = {
  namespace: 'n',
  metrics: ['m'],
  dimensions: {},
  from: new Date(0),
  to: new Date(60_000),
  periodSeconds: 60,
};
const names = '{"job":"f"}';
const queueUrl = 'http://127.0.0.1/000000000000/queue';
const message = { body: 'b', attributes: {} };
const queue = () => openQueue(queueUrl, openSqs(limits));
const consumedQueue = () => openConsumedQueue(queueUrl, openSqs(limits));
const rotatedSecret = () =>
  openRotatedSecret(
    's',
    async () => 'value',
    () => undefined,
    openSecretsManager(limits),
  );
const readSecret = () => makeFetchSecretValue(openSecretsManager(limits));
const lite = (service: 'sqs' | 'secretsmanager', operation: string) =>
  awsRequest({ service, operation, input: {}, attemptMs: limits.attemptMs });

/** Every call of AWS that a function makes. */
export const awsCalls: readonly ServiceCall[] = [
  [
    'EventBridge PutEvents',
    () => makePublishEvents('bus', 1_048_576, limits)([event]),
    { published: [], failed: [expect.objectContaining({ id: 'e-1' })] },
  ],
  ['SQS ReceiveMessage', () => queue().receive(30), failsCleanly],
  ['SQS DeleteMessage', () => queue().delete('r'), failsCleanly],
  ['SQS ChangeMessageVisibility', () => queue().changeVisibility('r', 1), failsCleanly],
  ['SQS GetQueueAttributes', () => queue().size(), failsCleanly],
  ['SQS SendMessage', () => makeSendMessage(queueUrl, openSqs(limits))(message), failsCleanly],
  ['SQS SendMessage, delayed', () => consumedQueue().sendDelayed(message, 1), failsCleanly],
  ['SQS SendMessage of a verifier', () => lite('sqs', 'SendMessage'), failsCleanly],
  ['Secrets Manager GetSecretValue', () => readSecret()('s', 'AWSCURRENT'), failsCleanly],
  [
    'Secrets Manager GetSecretValue of a verifier',
    () => lite('secretsmanager', 'GetSecretValue'),
    failsCleanly,
  ],
  ['Secrets Manager ListSecretVersionIds', () => rotatedSecret().versions(), failsCleanly],
  ['Secrets Manager PutSecretValue', () => rotatedSecret().store('v', 'id'), failsCleanly],
  [
    'Secrets Manager UpdateSecretVersionStage',
    () => rotatedSecret().makeCurrent('one', 'two'),
    failsCleanly,
  ],
  ['Secrets Manager, dropping a label', () => rotatedSecret().dropPrevious('one'), failsCleanly],
  ['S3 PutObject', () => openEvidenceBucket('bucket', limits).put(object), failsCleanly],
  ['S3 GetObject', () => openEvidenceBucket('bucket', limits).get('k', null), failsCleanly],
  ['S3 ListVersions', () => openEvidenceBucket('bucket', limits).listVersions('k'), failsCleanly],
  ['KMS Sign', () => openEvidenceSigner('key', limits).sign('00'.repeat(32)), failsCleanly],
  ['KMS GetPublicKey', () => openEvidencePublicKey('key', limits)(), failsCleanly],
  ['Lambda Invoke of a job', () => makeInvokeNamed(names, limits)('job', {}), failsCleanly],
  [
    'signed API',
    () => openSignedApi(1_500)(process.env['AWS_ENDPOINT_URL_SQS'] ?? '', {}),
    failsCleanly,
  ],
  ['CloudWatch GetMetricData', () => makeReadSums(limits)(query), failsCleanly],
];
