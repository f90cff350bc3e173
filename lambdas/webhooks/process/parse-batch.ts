import type { SQSRecord } from 'aws-lambda';
import { isSynthetic } from '../../catalog/synthetic-events.ts';
import { redact } from '../../platform/redaction.ts';
import { type Envelope, fromQueueRecord } from '../envelope.ts';
import { PermanentError } from '../failures.ts';
import type { IncomingEvent } from './exactly-once.ts';

/** @returns undefined for an event that changes nothing. @throws PermanentError for one that cannot be read. */
export type Parse<Event> = (eventId: string, type: string, body: string) => Event | undefined;

export interface Readable<Event> {
  readonly record: SQSRecord;
  readonly envelope: Envelope;
  readonly arrival: IncomingEvent<Event>;
}

/** Without an envelope, nothing is known of the message, so it can only go to the dead letters. */
export interface Unreadable {
  readonly record: SQSRecord;
  readonly envelope: Envelope | undefined;
  readonly failure: PermanentError;
}

export interface ReadBatch<Event> {
  readonly readable: readonly Readable<Event>[];
  readonly unreadable: readonly Unreadable[];
}

export function readBatch<Event>(
  records: readonly SQSRecord[],
  provider: string,
  parse: Parse<Event>,
): ReadBatch<Event> {
  const readable: Readable<Event>[] = [];
  const unreadable: Unreadable[] = [];
  for (const record of records) {
    let envelope: Envelope | undefined;
    try {
      envelope = fromQueueRecord(record);
      readable.push({ record, envelope, arrival: toArrival(envelope, provider, parse) });
    } catch (error) {
      unreadable.push({ record, envelope, failure: asPermanent(error) });
    }
  }
  return { readable, unreadable };
}

function toArrival<Event>(
  envelope: Envelope,
  provider: string,
  parse: Parse<Event>,
): IncomingEvent<Event> {
  const { eventId, eventType: type, receivedAt, body, replay } = envelope;
  if (envelope.provider !== provider)
    throw new PermanentError(
      'wrong-queue',
      `A delivery of ${envelope.provider} is in the queue of ${provider}.`,
    );
  const synthetic = isSynthetic(type);
  const event = synthetic ? undefined : parse(eventId, type, body);
  return {
    eventId,
    type,
    ...(replay === undefined ? {} : { replay }),
    ...(synthetic ? { synthetic } : {}),
    receivedAt: new Date(receivedAt),
    // What changes nothing is kept to be looked at, not to be applied again, so without what is private.
    body: event === undefined ? JSON.stringify(redact(JSON.parse(body))) : body,
    event,
  };
}

/** The verifier has seen valid JSON, so whatever goes wrong in reading it goes wrong each time. */
function asPermanent(error: unknown): PermanentError {
  if (error instanceof PermanentError) return error;
  return new PermanentError(
    'unreadable-event',
    error instanceof Error ? error.message : String(error),
    {
      cause: error,
    },
  );
}
