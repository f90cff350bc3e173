import {
  isConnectionLost,
  isDatabaseUnavailable,
  isReadTimeout,
} from '../../platform/postgres/unavailable.ts';
import { redactText } from '../../platform/redaction.ts';
import { storableText } from '../../platform/storable-text.ts';
import type { Envelope } from '../envelope.ts';
import { failureKind } from '../failure-kind.ts';
import { PermanentError, ProcessingError, RepairableError, TransientError } from '../failures.ts';
import type { FailedEntry } from '../webhook-events.queries.ts';

// Enough to locate the fault. A driver may quote a whole statement.
const MESSAGE_CHARACTERS = 2_000;
const STACK_FRAMES = 4;

const errorClasses = {
  ours: RepairableError,
  data: PermanentError,
  race: TransientError,
  unknown: TransientError,
} as const;

/** Treats an unknown error as transient. The limit of redrives ends it if it persists. */
export function toProcessingError(error: unknown): ProcessingError {
  const cause = unwrap(error);
  if (cause instanceof ProcessingError) return cause;
  const code = codeOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return new errorClasses[failureKind(code)](code, message, { cause });
}

/** True if Postgres was unavailable. The fault lies in no event, and no failure can be recorded. */
export const failedByOutage = (error: unknown): boolean => isDatabaseUnavailable(unwrap(error));

/** True if the connection ended amid the attempt. */
export const lostConnection = (error: unknown): boolean => isConnectionLost(unwrap(error));

export function toFailedEntry(envelope: Envelope, failure: ProcessingError): FailedEntry {
  const { provider: source, eventId, eventType: type, receivedAt, body, replay, origin } = envelope;
  const cause = failure.cause instanceof Error ? failure.cause : failure;
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const text = [failure.message, ...frames.slice(0, STACK_FRAMES)].join('\n');
  return {
    source,
    eventId,
    replay,
    origin,
    type: redactText(type),
    receivedAt: new Date(receivedAt),
    body,
    status: failure instanceof PermanentError ? 'exhausted' : 'failed',
    errorCode: failure.code,
    errorMessage: storableText(redactText(text).slice(0, MESSAGE_CHARACTERS)),
  };
}

/** Returns the Postgres error that Powertools wraps in its own. */
function unwrap(error: unknown): unknown {
  const wrapped =
    error instanceof Error && error.name === 'IdempotencyPersistenceLayerError' && error.cause;
  return wrapped ? unwrap(wrapped) : error;
}

/** Returns a SQLSTATE, a network code of Node.js, or a code of this project. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unexpected';
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  // Errors of the driver about a broken connection have no code.
  const isLost = isConnectionLost(error) || isReadTimeout(error);
  return isLost ? 'postgres-connection-lost' : 'unexpected';
}
