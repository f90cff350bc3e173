import type { SQSRecord } from 'aws-lambda';
import { isSynthetic } from '../../catalog/synthetic-events.ts';
import { redact, redactText } from '../../platform/redaction.ts';
import { type Envelope, fromQueueRecord } from '../envelope.ts';
import { PermanentError } from '../failures.ts';
import { loggedPayload, type PayloadAllowlist, storedPayload } from '../payload-allowlist.ts';
import type { IncomingEvent } from './event-handler.ts';

/**
 * Parses the body of one event.
 * @returns undefined for a type that changes nothing.
 * @throws PermanentError for a body that cannot be parsed.
 */
export type ParseEvent<Event> = (eventId: string, type: string, body: string) => Event | undefined;

export interface ParsedMessage<Event> {
  readonly record: SQSRecord;
  readonly envelope: Envelope;
  readonly incoming: IncomingEvent<Event>;
}

export interface InvalidMessage {
  readonly record: SQSRecord;
  /** Undefined if the message is no envelope. Such a message can only become a dead letter. */
  readonly envelope: Envelope | undefined;
  readonly failure: PermanentError;
}

export interface ParsedBatch<Event> {
  readonly parsed: readonly ParsedMessage<Event>[];
  readonly invalid: readonly InvalidMessage[];
}

export interface ParseBatchDeps<Event> {
  readonly provider: string;
  readonly parse: ParseEvent<Event>;
  readonly payloadAllowlist: PayloadAllowlist;
  /**
   * Fields that `parse` reads. The ledger keeps these of an applied event. If missing, it keeps the
   * body with the private parts hidden that redaction recognises.
   */
  readonly replayFields?: PayloadAllowlist | undefined;
}

export function parseBatch<Event>(
  records: readonly SQSRecord[],
  deps: ParseBatchDeps<Event>,
): ParsedBatch<Event> {
  const parsed: ParsedMessage<Event>[] = [];
  const invalid: InvalidMessage[] = [];
  for (const record of records) {
    let envelope: Envelope | undefined;
    try {
      envelope = fromQueueRecord(record);
      parsed.push({ record, envelope, incoming: toIncomingEvent(envelope, deps) });
    } catch (error) {
      invalid.push({ record, envelope, failure: toPermanentError(error) });
    }
  }
  return { parsed, invalid };
}

function toIncomingEvent<Event>(
  envelope: Envelope,
  { provider, parse, payloadAllowlist, replayFields }: ParseBatchDeps<Event>,
): IncomingEvent<Event> {
  const { eventId, eventType: type, receivedAt, body, replay, origin } = envelope;
  if (envelope.provider !== provider)
    throw new PermanentError(
      'wrong-queue',
      `A delivery of ${envelope.provider} is in the queue of ${provider}.`,
    );
  const synthetic = isSynthetic(type);
  const event = synthetic ? undefined : parse(eventId, type, body);
  return {
    eventId,
    // An applied type is a word of the provider; any other type is a text of the sender.
    type: event === undefined ? redactText(type) : type,
    ...(replay === undefined ? {} : { replay }),
    ...(synthetic ? { synthetic } : {}),
    ...(origin === undefined ? {} : { origin }),
    receivedAt: new Date(receivedAt),
    body:
      event === undefined
        ? storedBody(body, (document) => loggedPayload(document, payloadAllowlist))
        : appliedBody(body, replayFields),
    event,
  };
}

const UNREADABLE = JSON.stringify({ removed: 'The body could not be read.' });

/**
 * Selects what the ledger keeps of an event that was read: the fields of the provider's allow-list.
 * A body may contain stream keys, subjects and IP addresses. Always returns a body: what is only
 * stored must not decide if the event is acknowledged.
 */
function storedBody(body: string, select: (document: unknown) => unknown): string {
  try {
    return JSON.stringify(select(JSON.parse(body)) ?? {});
  } catch {
    return UNREADABLE;
  }
}

const appliedBody = (body: string, fields: PayloadAllowlist | undefined): string =>
  storedBody(body, (document) =>
    fields === undefined ? redact(document) : storedPayload(document, fields),
  );

/** The verifier accepts only valid JSON, so a parsing error repeats at every attempt. */
function toPermanentError(error: unknown): PermanentError {
  if (error instanceof PermanentError) return error;
  // V8 quotes a part of the text in the message of a syntax error.
  if (error instanceof SyntaxError)
    return new PermanentError('unreadable-event', 'The body is not valid JSON.');
  const message = error instanceof Error ? error.message : String(error);
  return new PermanentError('unreadable-event', message, { cause: error });
}
