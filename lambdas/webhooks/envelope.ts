import type { SQSRecord } from 'aws-lambda';
import type { QueueMessage } from '../platform/aws/queue-message.ts';
import { PermanentError } from './failures.ts';

/** One accepted delivery in the queue: the only contract between verifier and processor. */
export interface Envelope {
  readonly provider: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Time at API Gateway, ISO 8601. */
  readonly receivedAt: string;
  /** Correlates the log lines of verifier and processor. */
  readonly trace: string;
  /** Set when an operator replays the event; gives the replay its own idempotency key. */
  readonly replay?: string;
  /** Set if the job reconcile read the event from the provider's API: no signature was verified. */
  readonly origin?: 'reconciled';
  /** The provider's body, character for character. */
  readonly body: string;
}

// Characters of XML 1.0 (so not U+FFFF) and size limit:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const rejectedBySqs = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const MAX_QUEUE_MESSAGE_BYTES = 1_048_576;

/** Far above any real id or type, far below the limits of SQS and of a Postgres index. */
const MAX_ATTRIBUTE_CHARACTERS = 256;

/** True if a provider's text can be a message attribute and a key without encoding. */
export function isAttribute(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= MAX_ATTRIBUTE_CHARACTERS &&
    !rejectedBySqs.test(value)
  );
}

// Loaded on first use, which is rare. Importing zlib would add 10% to the verifier's cold start.
const zlib = () => process.getBuiltinModule('node:zlib');

/**
 * Keeps the body readable in the queue. A body with characters that SQS rejects is sent as base64
 * of gzip.
 */
export function toQueueMessage({ body, ...attributes }: Envelope): QueueMessage {
  return rejectedBySqs.test(body)
    ? {
        body: zlib().gzipSync(body).toString('base64'),
        attributes: { ...attributes, encoding: 'gzip-base64' },
      }
    : { body, attributes };
}

/** Adds up the body and the names, types and values of the attributes, as SQS does. */
export function fitsQueue({ body, attributes }: QueueMessage): boolean {
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return (
    [body, ...texts].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) <=
    MAX_QUEUE_MESSAGE_BYTES
  );
}

/** @throws PermanentError for a message that the verifier cannot have sent. */
export function fromQueueRecord(
  record: Pick<SQSRecord, 'body' | 'messageAttributes' | 'messageId'>,
): Envelope {
  const attribute = (name: string) => {
    const value = record.messageAttributes[name]?.stringValue;
    if (value) return value;
    throw notAnEnvelope(`Message ${record.messageId} has no attribute '${name}'.`);
  };
  const key = (name: string) => {
    const value = attribute(name);
    if (isAttribute(value)) return value;
    throw notAnEnvelope(`Message ${record.messageId} has an unusable attribute '${name}'.`);
  };
  const replay = record.messageAttributes['replay']?.stringValue;
  const origin = record.messageAttributes['origin']?.stringValue;
  return {
    ...(replay ? { replay } : {}),
    ...(origin === 'reconciled' ? { origin } : {}),
    provider: key('provider'),
    eventId: key('eventId'),
    eventType: key('eventType'),
    receivedAt: parseTime(attribute('receivedAt'), record.messageId),
    trace: attribute('trace'),
    body: decodeBody(record),
  };
}

// The verifier must not load zod, and Postgres accepts these times.
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function parseTime(text: string, messageId: string): string {
  if (TIME.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw notAnEnvelope(`Message ${messageId} has an unreadable time.`);
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
  return gunzip(body, messageId);
}

function gunzip(body: string, messageId: string): string {
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
