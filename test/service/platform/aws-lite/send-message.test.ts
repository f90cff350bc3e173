import { hash } from 'node:crypto';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueueMessage } from '../../../../lambdas/platform/aws/queue-message.ts';
import { makeEnqueue } from '../../../../lambdas/platform/aws-lite/send-message.ts';
import {
  type Envelope,
  fromQueueRecord,
  toQueueMessage,
} from '../../../../lambdas/webhooks/envelope.ts';
import { type LocalQueues, startQueues } from '../../../../local/aws/sqs.ts';
import {
  answers,
  fails,
  neverAnswers,
  useAwsEnvironment,
  useAwsService,
} from '../../../support/aws/aws-service.ts';
import { muxFixture } from '../../../support/providers/mux.ts';
import { useStdout } from '../../../support/stdout.ts';
import { anyCharacter } from '../../../support/texts/any-character.ts';
import { incompressibleText } from '../../../support/texts/incompressible.ts';

useStdout();

const anEnvelope = (body: string): Envelope => ({
  provider: 'mux',
  eventId: 'b4b2ecb4-2f64-97a1-3b7f-e2f60d172dab',
  eventType: 'video.asset.ready',
  receivedAt: '2026-11-23T09:16:51.000Z',
  trace: '1-6922d0d3-1f2e3d4c5b6a798001122334',
  body,
});

describe('with a queue', () => {
  let queues: LocalQueues;
  let sqs: SQSClient;

  beforeAll(async () => {
    queues = await startQueues({ region: 'eu-central-1', timeScale: 1 });
    await queues.create({ name: 'deliveries', visibilitySeconds: 30, delaySeconds: 0 });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    sqs = new SQSClient({ endpoint: queues.url, region: 'eu-central-1', credentials });
  });
  afterAll(async () => {
    sqs.destroy();
    await queues.stop();
  });
  beforeEach(() => useAwsEnvironment({ AWS_ENDPOINT_URL_SQS: queues.url }));

  const queueUrl = (name = 'deliveries') => `${queues.url}/000000000000/${name}`;

  async function receiveOne(): Promise<Message | undefined> {
    const request = { QueueUrl: queueUrl(), MessageAttributeNames: ['All'] };
    return (await sqs.send(new ReceiveMessageCommand(request))).Messages?.[0];
  }

  test('the SDK receives the envelope unchanged', async () => {
    const envelope = anEnvelope(muxFixture('video.asset.ready').toString());

    const messageId = await makeEnqueue(queueUrl())(toQueueMessage(envelope));
    const message = await receiveOne();

    expect(message?.MessageId).toBe(messageId);
    expect(message && fromQueueRecord(asRecord(message))).toEqual(envelope);
  });

  test('sends every body that a provider can send', async () => {
    const enqueue = makeEnqueue(queueUrl());
    const bodies = fc
      .string({ unit: anyCharacter, minLength: 1 })
      .map((text) => text.toWellFormed());

    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        await enqueue(toQueueMessage(anEnvelope(body)));
        const message = await receiveOne();

        expect(message && fromQueueRecord(asRecord(message)).body).toBe(body);
      }),
      { numRuns: 100 },
    );
  });

  test('sends the longest body that the verifier accepts', async () => {
    const enqueue = makeEnqueue(queueUrl());

    for (const body of ['x'.repeat(900 * 1024), incompressibleText(780_000)]) {
      await expect(enqueue(toQueueMessage(anEnvelope(body)))).resolves.toEqual(expect.any(String));
      await receiveOne();
    }
  });

  test('reports a missing queue by its error type', async () => {
    const enqueue = makeEnqueue(queueUrl('missing'));

    await expect(enqueue(toQueueMessage(anEnvelope('{}')))).rejects.toMatchObject({
      code: expect.stringMatching(/NonExistentQueue|QueueDoesNotExist/),
    });
  });
});

describe('with a stand-in for SQS', () => {
  const service = useAwsService();
  const message: QueueMessage = { body: '{"id":"1"}', attributes: { provider: 'mux' } };
  const accepted = { MessageId: 'message-1', MD5OfMessageBody: hash('md5', message.body) };
  const enqueue = makeEnqueue('https://sqs.eu-central-1.amazonaws.com/123456789012/deliveries');

  test('sends the queue, the body, and each attribute as a String', async () => {
    service.behaves(answers(200, accepted));

    expect(await enqueue(message)).toBe('message-1');
    expect(service.requests.map(({ input }) => input)).toEqual([
      {
        QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/deliveries',
        MessageBody: message.body,
        MessageAttributes: { provider: { DataType: 'String', StringValue: 'mux' } },
      },
    ]);
  });

  test.each([
    [
      'has no message id',
      { ...accepted, MessageId: undefined },
      'The response of SQS has no message id.',
    ],
    [
      'has an empty message id',
      { ...accepted, MessageId: '' },
      'The response of SQS has no message id.',
    ],
    [
      'has the digest of another body',
      { ...accepted, MD5OfMessageBody: hash('md5', '{}') },
      'The response of SQS has the MD5 digest of another body.',
    ],
    [
      'has no digest',
      { MessageId: 'message-1' },
      'The response of SQS has the MD5 digest of another body.',
    ],
    ['is empty', {}, 'The response of SQS has no message id.'],
  ])('rejects a response that %s', async (_, response, error) => {
    service.behaves(answers(200, response));

    await expect(enqueue(message)).rejects.toThrow(error);
  });

  test('times out before Mux closes the connection after 5 s', async () => {
    service.behaves(neverAnswers);
    const startedAt = Date.now();

    await expect(enqueue(message)).rejects.toMatchObject({ code: 'TimedOut' });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  test('does not retry after AccessDeniedException', async () => {
    service.behaves(fails(403, 'AccessDeniedException'));

    await expect(enqueue(message)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(service.requests).toHaveLength(1);
  });
});

function asRecord({ MessageId = '', Body = '', MessageAttributes = {} }: Message) {
  const messageAttributes = Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [
      name,
      { stringValue: StringValue, dataType: 'String' as const },
    ]),
  );
  return { messageId: MessageId, body: Body, messageAttributes };
}
