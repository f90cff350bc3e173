import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueueMessage } from '../../../lambdas/platform/aws/queue-message.ts';
import {
  type Envelope,
  fitsQueue,
  fromQueueRecord,
  isAttribute,
  toQueueMessage,
} from '../../../lambdas/webhooks/envelope.ts';
import { PermanentError } from '../../../lambdas/webhooks/failures.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';
import { incompressibleText } from '../../support/texts/incompressible.ts';

const anEnvelope = (overrides: Partial<Envelope> = {}): Envelope => ({
  provider: 'mux',
  eventId: 'b4b2ecb4-2f64-97a1-3b7f-e2f60d172dab',
  eventType: 'video.asset.ready',
  receivedAt: '2026-11-23T09:16:51.000Z',
  trace: '1-6922d0d3-1f2e3d4c5b6a798001122334',
  body: '{"id":"b4b2ecb4-2f64-97a1-3b7f-e2f60d172dab","type":"video.asset.ready"}',
  ...overrides,
});

const asRecord = ({ body, attributes }: QueueMessage) => ({
  messageId: 'message-1',
  body,
  messageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { stringValue: value, dataType: 'String' },
    ]),
  ),
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const isAcceptedBySqs = (text: string) =>
  [...text].every((character) => {
    const point = character.codePointAt(0) ?? 0;
    if (point === 0x9 || point === 0xa || point === 0xd) return true;
    if (point >= 0x20 && point <= 0xd7ff) return true;
    if (point >= 0xe000 && point <= 0xfffd) return true;
    return point >= 0x1_0000 && point <= 0x10_ffff;
  });

const document = fc
  .record({
    id: fc.string({ unit: anyCharacter }),
    data: fc.jsonValue({ stringUnit: anyCharacter }),
  })
  .map((value) => JSON.stringify(value));
const characters = fc.string({ unit: anyCharacter }).map((text) => text.toWellFormed());

test('reads back the same envelope for any body', () => {
  fc.assert(
    fc.property(fc.oneof(document, characters), (body) => {
      const envelope = anEnvelope({ body });
      const message = toQueueMessage(envelope);

      expect(isAcceptedBySqs(message.body)).toBe(true);
      expect(fromQueueRecord(asRecord(message))).toEqual(envelope);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['U+FFFF', '\uffff', true],
  ['U+FFFE', '\ufffe', true],
  ['U+FFFD', '\ufffd', false],
  ['U+E000', '\ue000', false],
  ['U+D7FF', '\ud7ff', false],
  ['U+10000', '\u{10000}', false],
  ['an emoji', '🎬', false],
  ['U+10FFFF', '\u{10ffff}', false],
  ['NUL', '\0', true],
  ['a vertical tab', '\v', true],
  ['U+001F', '\u001f', true],
  ['a space', ' ', false],
  ['DEL', '\u007f', false],
  ['tab, line feed and carriage return', '\t\r\n', false],
])(
  'transports a body with %s unchanged and encodes it only if SQS rejects it',
  (_, text, encoded) => {
    const body = `{"id":"${text}"}`;
    const message = toQueueMessage(anEnvelope({ body }));

    expect(message.attributes['encoding']).toBe(encoded ? 'gzip-base64' : undefined);
    expect(fromQueueRecord(asRecord(message)).body).toBe(body);
  },
);

test('keeps an accepted body readable in the queue', () => {
  const { body, ...attributes } = anEnvelope();

  expect(toQueueMessage(anEnvelope())).toEqual({ body, attributes });
});

test('limits body and attributes to 1 MiB in bytes', () => {
  const attributes = { provider: 'mux' };
  const room = 1_048_576 - 'provider'.length - 'String'.length - 'mux'.length;

  expect(fitsQueue({ body: 'x'.repeat(room), attributes })).toBe(true);
  expect(fitsQueue({ body: 'x'.repeat(room + 1), attributes })).toBe(false);
  expect(fitsQueue({ body: `${'x'.repeat(room - 2)}ż`, attributes })).toBe(true);
  expect(fitsQueue({ body: `${'x'.repeat(room - 1)}ż`, attributes })).toBe(false);
});

test('rejects an incompressible body that exceeds 1 MiB once encoded', () => {
  expect(fitsQueue(toQueueMessage(anEnvelope({ body: incompressibleText(700_000) })))).toBe(true);
  expect(fitsQueue(toQueueMessage(anEnvelope({ body: incompressibleText(900 * 1024) })))).toBe(
    false,
  );
});

test.each(['provider', 'eventId', 'eventType', 'receivedAt', 'trace'])(
  'throws a PermanentError for a message without %s',
  (name) => {
    const record = asRecord(toQueueMessage(anEnvelope()));
    const { [name]: _, ...messageAttributes } = record.messageAttributes;

    expect(() => fromQueueRecord({ ...record, messageAttributes })).toThrow(PermanentError);
  },
);

test.each([
  ['an unknown encoding', 'brotli', gzipSync('{}').toString('base64')],
  ['a body that is not gzip', 'gzip-base64', 'e30='],
  [
    'half of a gzip stream',
    'gzip-base64',
    gzipSync('{"id":"1"}').subarray(0, 20).toString('base64'),
  ],
  [
    'an uncompressed size far above the limit',
    'gzip-base64',
    gzipSync(Buffer.alloc(2 ** 21)).toString('base64'),
  ],
])('throws not-an-envelope for a message with %s', (_, encoding, body) => {
  const message = { body, attributes: { ...toQueueMessage(anEnvelope()).attributes, encoding } };

  expect(() => fromQueueRecord(asRecord(message))).toThrow(
    expect.objectContaining({ code: 'not-an-envelope' }),
  );
});

test.each([
  ['372b88da-0991-de13-9029-0b6a4c1d2e3f', true],
  ['msg_2zPqL0', true],
  ['ż'.repeat(256), true],
  ['x'.repeat(257), false],
  ['', false],
  [' \t', false],
  ['a\uffff', false],
  ['a\0', false],
  ['\ud800', false],
  [42, false],
  [null, false],
  [undefined, false],
  [['a'], false],
])('isAttribute(%j) is %s', (value, expected) => {
  expect(isAttribute(value)).toBe(expected);
});
