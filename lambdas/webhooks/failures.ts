/** A failure that says what happens next. `code` is stable and goes to metrics and the ledger; the message is for people. */
export abstract class ProcessingError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Worth another attempt: the message goes back to the queue. */
export class TransientError extends ProcessingError {}

/** The same bytes will fail again: recorded as exhausted and acknowledged. */
export class PermanentError extends ProcessingError {}
