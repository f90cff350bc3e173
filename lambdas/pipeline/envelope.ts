import { gunzipSync, gzipSync } from 'node:zlib';
import type { SQSRecord } from 'aws-lambda';
import { PermanentFailure } from './failures.ts';

/** One accepted delivery on its way through the queue: the only contract between verifier and processor. */
export interface Envelope {
  readonly provider: string;
  readonly eventId: string;
  readonly eventType: string;
  /** When API Gateway had the request, ISO 8601. */
  readonly receivedAt: string;
  /** Correlates the log lines of verifier and processor. */
  readonly trace: string;
  /** The provider's body, character for character. */
  readonly body: string;
}

/** An SQS message before any transport: every attribute is a String. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

// SQS takes the characters of XML 1.0 and refuses the message for any other, such as U+FFFF:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const refusedBySqs = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** The body stays readable in the queue; only one that SQS would refuse travels as base64 of gzip. */
export function toQueueMessage({ body, ...attributes }: Envelope): QueueMessage {
  return refusedBySqs.test(body)
    ? { body: gzipSync(body).toString('base64'), attributes: { ...attributes, encoding: 'gzip-base64' } }
    : { body, attributes };
}

/** @throws PermanentFailure for a message that no verifier of ours can have sent. */
export function fromQueueRecord(record: Pick<SQSRecord, 'body' | 'messageAttributes' | 'messageId'>): Envelope {
  const attribute = (name: string) => {
    const value = record.messageAttributes[name]?.stringValue;
    if (value) return value;
    throw new PermanentFailure('not-an-envelope', `Message ${record.messageId} has no attribute '${name}'.`);
  };
  return {
    provider: attribute('provider'),
    eventId: attribute('eventId'),
    eventType: attribute('eventType'),
    receivedAt: attribute('receivedAt'),
    trace: attribute('trace'),
    body:
      record.messageAttributes['encoding']?.stringValue === 'gzip-base64'
        ? gunzipSync(Buffer.from(record.body, 'base64')).toString()
        : record.body,
  };
}
