import type { SQSRecord } from 'aws-lambda';
import type { QueueMessage } from '../platform/aws/queue-message.ts';
import { PermanentError } from './failures.ts';

/** One accepted delivery on its way through the queue: the only contract between verifier and processor. */
export interface Envelope {
  readonly provider: string;
  readonly eventId: string;
  readonly eventType: string;
  /** When API Gateway had the request, ISO 8601. */
  readonly receivedAt: string;
  /** Correlates the log lines of verifier and processor. */
  readonly trace: string;
  /** Set by an operator who has an event applied once more: it is not the event that was claimed before. */
  readonly replay?: string;
  /** The provider's body, character for character. */
  readonly body: string;
}

// Both the characters (those of XML 1.0, so not U+FFFF) and the size are from
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const refusedBySqs = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const MAX_QUEUE_MESSAGE_BYTES = 1_048_576;

/** Far above any real id or type, far below what SQS and an index in Postgres can take. */
const MAX_ATTRIBUTE_CHARACTERS = 256;

/** Whether a provider's text can travel as an attribute, and be a key, as it is. */
export function isAttribute(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= MAX_ATTRIBUTE_CHARACTERS &&
    !refusedBySqs.test(value)
  );
}

// Loaded when it is needed, which is next to never: it would add a tenth to the verifier's cold start.
const zlib = () => process.getBuiltinModule('node:zlib');

/** The body stays readable in the queue; only one that SQS would refuse travels as base64 of gzip. */
export function toQueueMessage({ body, ...attributes }: Envelope): QueueMessage {
  return refusedBySqs.test(body)
    ? {
        body: zlib().gzipSync(body).toString('base64'),
        attributes: { ...attributes, encoding: 'gzip-base64' },
      }
    : { body, attributes };
}

/** SQS counts the body with the names, types and values of the attributes. */
export function fitsQueue({ body, attributes }: QueueMessage): boolean {
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return (
    [body, ...texts].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) <=
    MAX_QUEUE_MESSAGE_BYTES
  );
}

/** @throws PermanentError for a message that no verifier of ours can have sent. */
export function fromQueueRecord(
  record: Pick<SQSRecord, 'body' | 'messageAttributes' | 'messageId'>,
): Envelope {
  const attribute = (name: string) => {
    const value = record.messageAttributes[name]?.stringValue;
    if (value) return value;
    throw notAnEnvelope(`Message ${record.messageId} has no attribute '${name}'.`);
  };
  const replay = record.messageAttributes['replay']?.stringValue;
  return {
    ...(replay ? { replay } : {}),
    provider: attribute('provider'),
    eventId: attribute('eventId'),
    eventType: attribute('eventType'),
    receivedAt: attribute('receivedAt'),
    trace: attribute('trace'),
    body: decodeBody(record),
  };
}

function decodeBody({
  body,
  messageAttributes,
  messageId,
}: Parameters<typeof fromQueueRecord>[0]): string {
  const encoding = messageAttributes['encoding']?.stringValue;
  if (encoding === undefined) return body;
  if (encoding !== 'gzip-base64')
    throw notAnEnvelope(`Message ${messageId} has an unknown encoding.`);
  try {
    return zlib()
      .gunzipSync(Buffer.from(body, 'base64'), { maxOutputLength: MAX_QUEUE_MESSAGE_BYTES })
      .toString();
  } catch (error) {
    throw notAnEnvelope(`Message ${messageId} cannot be decoded.`, { cause: error });
  }
}

const notAnEnvelope = (message: string, options?: ErrorOptions) =>
  new PermanentError('not-an-envelope', message, options);
