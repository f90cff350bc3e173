import type { SQSRecord } from 'aws-lambda';
import { isSynthetic } from '../../catalog/synthetic-events.ts';
import { redact } from '../../platform/redaction.ts';
import { type Envelope, fromQueueRecord } from '../envelope.ts';
import { PermanentFailure } from '../failures.ts';
import type { Arrival } from './exactly-once.ts';

/** @returns undefined for an event that changes nothing. @throws PermanentFailure for one that cannot be read. */
export type Parse<Event> = (eventId: string, type: string, body: string) => Event | undefined;

export interface Readable<Event> {
  readonly record: SQSRecord;
  readonly envelope: Envelope;
  readonly arrival: Arrival<Event>;
}

/** Without an envelope, nothing is known of the message, so it can only go to the dead letters. */
export interface Unreadable {
  readonly record: SQSRecord;
  readonly envelope: Envelope | undefined;
  readonly failure: PermanentFailure;
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

function toArrival<Event>(envelope: Envelope, provider: string, parse: Parse<Event>): Arrival<Event> {
  const { eventId, eventType: type, receivedAt, body, replay } = envelope;
  if (envelope.provider !== provider)
    throw new PermanentFailure('wrong-queue', `A delivery of ${envelope.provider} is in the queue of ${provider}.`);
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
function asPermanent(error: unknown): PermanentFailure {
  if (error instanceof PermanentFailure) return error;
  return new PermanentFailure('unreadable-event', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
