/**
 * Error whose class decides whether the event is retried. `code` is stable and goes to metrics and
 * the ledger; the message is for people.
 */
export abstract class ProcessingError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Another attempt may succeed, so the message returns to the queue. */
export class TransientError extends ProcessingError {}

/** The same bytes will fail again, so the event is recorded as exhausted and acknowledged. */
export class PermanentError extends ProcessingError {}

/** The event fails until this system is repaired. It stays in retry and is never exhausted. */
export class RepairableError extends ProcessingError {}
