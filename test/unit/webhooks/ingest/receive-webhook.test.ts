import { expect, test } from '@jest/globals';
import Mux from '@mux/mux-node';
import fc from 'fast-check';
import type { Enqueue, QueueMessage } from '../../../../lambdas/platform/aws/queue-message.ts';
import { fromQueueRecord } from '../../../../lambdas/webhooks/envelope.ts';
import { readDelivery } from '../../../../lambdas/webhooks/ingest/delivery.ts';
import { anHttpApiEvent } from '../../../support/http-api.ts';
import { muxSecret, muxSignature } from '../../../support/providers/mux.ts';
import { useStdout } from '../../../support/stdout.ts';
import { anyCharacter } from '../../../support/texts/any-character.ts';
import { incompressibleText } from '../../../support/texts/incompressible.ts';
import {
  accepted,
  aVerifier,
  body,
  eventId,
  eventType,
  rejected,
  signed,
} from '../../../support/webhooks/verifier.ts';

useStdout();

test('2xx means safe: responds 200 only after the queue has accepted the delivery', async () => {
  const steps: string[] = [];
  let acceptMessage = (_: string) => {};
  const enqueue: Enqueue = () =>
    new Promise((resolve) => {
      steps.push('enqueueing');
      acceptMessage = resolve;
    });
  const { deliver } = aVerifier({ enqueue });

  const response = deliver(signed(body)).then((result) => {
    steps.push('responded');
    return result;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(steps).toEqual(['enqueueing']);
  acceptMessage('message-1');

  expect(await response).toEqual(accepted);
  expect(steps).toEqual(['enqueueing', 'responded']);
});

test('enqueues the unchanged body with the attributes of the envelope', async () => {
  const { deliver, queue } = aVerifier();
  const receivedAt = new Date('2026-11-23T09:16:51.123Z');

  await deliver(signed(body, { receivedAt }));

  expect(queue).toEqual([
    {
      body: body.toString(),
      attributes: {
        provider: 'mux',
        eventId,
        eventType,
        receivedAt: '2026-11-23T09:16:51.123Z',
        trace: 'JKJaXmPLvHcESHA=',
      },
    },
  ]);
});

test('replaces a lone surrogate, which UTF-8 cannot encode', () => {
  expect(readDelivery({ ...anHttpApiEvent(), body: 'a\ud800b' })).toMatchObject({
    body: 'a\ufffdb',
  });
});

test('takes the trace from X-Ray and ignores an invalid header', async () => {
  const { deliver, queue } = aVerifier();
  const root = '1-6922d0d3-1f2e3d4c5b6a798001122334';

  await deliver(
    signed(body, { headers: { 'x-amzn-trace-id': `Self=1-2;Root=${root};Sampled=1` } }),
  );
  await deliver(signed(body, { headers: { 'x-amzn-trace-id': '\uffff'.repeat(300) } }));

  expect(queue.map(({ attributes }) => attributes['trace'])).toEqual([root, 'JKJaXmPLvHcESHA=']);
});

test.each([
  ['a body in base64', signed(body, { base64: true })],
  ['an unknown event type', signed('{"id":"1","type":"robots.job.finished"}')],
  [
    'an id that is not a UUID',
    signed('{"id":"372b88da-0991-de13-9029-x","type":"video.asset.ready"}'),
  ],
  ['white space around the document', signed(' \r\n{"id":"1","type":"t"}\n')],
  ['a character that SQS rejects', signed('{"id":"1","type":"t","title":"\uffff\ufffe"}')],
  ['a body of exactly 900 KiB', signed(ofLength(900 * 1024))],
  [
    '400,000 levels at a logged field',
    signed(`{"id":"1","type":"t","data":{"id":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`),
  ],
])('accepts %s', async (_, post) => {
  const { deliver, queue } = aVerifier();

  expect(await deliver(post)).toEqual(accepted);
  expect(queue).toHaveLength(1);
});

test.each([
  ['no signature', { body }, 400, 'missing-signature'],
  [
    'a header that is not a signature',
    { body, headers: { 'mux-signature': 'abc' } },
    400,
    'malformed-signature',
  ],
  [
    'another body than the signed one',
    { ...signed(body), body: `${body} ` },
    400,
    'signature-mismatch',
  ],
  [
    'no body at all',
    { headers: { 'mux-signature': muxSignature(body) } },
    400,
    'signature-mismatch',
  ],
  ['an empty body, signed', signed(''), 400, 'malformed-json'],
  ['null, signed', signed('null'), 400, 'malformed-json'],
  ['an array, signed', signed('[{"id":"1","type":"t"}]'), 400, 'malformed-json'],
  ['a text, signed', signed('"id"'), 400, 'malformed-json'],
  ['half a document, signed', signed('{"id":"1","type":"t"'), 400, 'malformed-json'],
  ['a byte order mark, signed', signed('\ufeff{"id":"1","type":"t"}'), 400, 'malformed-json'],
  ['bytes that are not UTF-8, signed', signed(notUtf8(), { base64: true }), 400, 'malformed-json'],
  ['no id', signed('{"type":"video.asset.ready"}'), 400, 'missing-event-id'],
  ['an empty id', signed('{"id":"","type":"t"}'), 400, 'missing-event-id'],
  ['a number for an id', signed('{"id":7,"type":"t"}'), 400, 'missing-event-id'],
  [
    'an id with a character that SQS rejects',
    signed('{"id":"\\u0000","type":"t"}'),
    400,
    'missing-event-id',
  ],
  [
    'half of a surrogate pair for an id',
    signed('{"id":"\\ud800","type":"t"}'),
    400,
    'missing-event-id',
  ],
  [
    'an id of 257 characters',
    signed(`{"id":"${'x'.repeat(257)}","type":"t"}`),
    400,
    'missing-event-id',
  ],
  ['an id in __proto__', signed('{"__proto__":{"id":"1"},"type":"t"}'), 400, 'missing-event-id'],
  ['no type', signed('{"id":"1"}'), 400, 'missing-event-type'],
  ['a type that is not a text', signed('{"id":"1","type":{}}'), 400, 'missing-event-type'],
  ['a body of one byte more than 900 KiB', signed(ofLength(900 * 1024 + 1)), 413, 'body-too-large'],
  [
    'the same number of bytes in fewer characters',
    signed('ż'.repeat(450 * 1024 + 1)),
    413,
    'body-too-large',
  ],
  ['a body that exceeds the queue limit once encoded', signed(outgrowing()), 413, 'body-too-large'],
] as const)('rejects %s and enqueues nothing', async (_, post, statusCode, code) => {
  const { deliver, queue } = aVerifier();

  expect(await deliver(post)).toEqual(rejected(statusCode, code));
  expect(queue).toEqual([]);
});

test('accepts only what @mux/mux-node accepts, and enqueues it unchanged', async () => {
  const mux = new Mux({ apiKey: 'unused', webhookSecret: muxSecret } as object);
  const text = fc.string({ unit: anyCharacter });
  const documents = fc.record({
    id: text,
    type: text,
    data: fc.jsonValue({ stringUnit: anyCharacter }),
  });
  const bytes = fc.oneof(
    documents.map((value) => Buffer.from(JSON.stringify(value))),
    documents.map((value) =>
      Buffer.from(JSON.stringify(value, null, '\t').replaceAll('\\u', '\\U')),
    ),
    fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array)),
  );

  await fc.assert(
    fc.asyncProperty(bytes, fc.boolean(), async (delivered, base64) => {
      const { deliver, queue } = aVerifier();
      const post = signed(delivered, { base64 });
      const { statusCode } = await deliver(post);
      const [message] = queue;

      expect(statusCode).toBe(message === undefined ? 400 : 200);
      if (message === undefined) return;
      const event = await mux.webhooks.unwrap(delivered.toString(), post.headers ?? {});
      const envelope = fromQueueRecord(asRecord(message));
      expect(Buffer.from(envelope.body)).toEqual(delivered);
      expect([envelope.eventId, envelope.eventType]).toEqual([event.id, event.type]);
    }),
    { numRuns: 300 },
  );
});

function asRecord({ body: text, attributes }: QueueMessage) {
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { stringValue: value, dataType: 'String' },
    ]),
  );
  return { messageId: 'message-1', body: text, messageAttributes };
}

function ofLength(bytes: number): string {
  const frame = '{"id":"1","type":"t","pad":""}';
  return frame.replace('""}', `"${'x'.repeat(bytes - frame.length)}"}`);
}

function outgrowing(): string {
  return JSON.stringify({ id: '1', type: 't', title: incompressibleText(899 * 1024) });
}

function notUtf8(): Buffer {
  return Buffer.concat([
    Buffer.from('{"id":"1","type":"t","title":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('"}'),
  ]);
}
