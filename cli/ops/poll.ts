import { setTimeout } from 'node:timers/promises';
import { UserError } from '../../local/user-error.ts';
import { AccessDeniedError, BadInputError, NotFoundError } from '../command-line/errors.ts';

export interface Polling {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Prints that a read failed and follows again. */
  readonly err: (text: string) => void;
}

export interface RetryReport {
  /** @throws the error if another attempt cannot succeed. */
  failed(error: unknown): void;
  succeeded(): void;
}

/** Makes a report that prints the same failure once, however often the attempts repeat. */
export function makeRetryReport(err: (text: string) => void): RetryReport {
  let reported = '';
  return {
    failed(error) {
      if (!mayPass(error)) throw error;
      const text = `${(error as Error).message} Trying again.`;
      if (text !== reported) err(text);
      reported = text;
    },
    succeeded() {
      reported = '';
    },
  };
}

/**
 * Reads a value until it is final, the time is up, or Ctrl-C is pressed. Reads again after an
 * error that may pass, such as a lost connection.
 *
 * @returns the last value that was read.
 */
export async function pollUntil<Value>(
  read: () => Promise<Value>,
  isFinal: (value: Value) => boolean,
  { intervalMs, timeoutMs, signal, err }: Polling,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  const report = makeRetryReport(err);
  let last: { readonly value: Value } | undefined;
  for (;;) {
    const isOver = () => performance.now() >= deadline || signal.aborted;
    try {
      last = { value: await read() };
      report.succeeded();
      if (isFinal(last.value)) return last.value;
    } catch (error) {
      if (last === undefined && isOver()) throw error;
      report.failed(error);
    }
    if (last !== undefined && isOver()) return last.value;
    await pause(Math.min(intervalMs, Math.max(0, deadline - performance.now())), signal);
  }
}

/** True for an error of the connection or of the function, false for a request that is refused. */
const mayPass = (error: unknown): boolean =>
  error instanceof UserError &&
  !(error instanceof BadInputError) &&
  !(error instanceof NotFoundError) &&
  !(error instanceof AccessDeniedError);

/** Waits, but not beyond Ctrl-C. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Time between two requests to a target: a stage answers through the internet. */
export const intervalOf = ({ isLocal }: { readonly isLocal: boolean }): number =>
  isLocal ? 250 : 2_000;
