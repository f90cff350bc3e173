import { setTimeout } from 'node:timers/promises';
import { UserError } from '../../local/user-error.ts';
import { AccessDeniedError, BadInputError, NotFoundError } from '../command-line/errors.ts';

export interface Polling {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
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
  { intervalMs, timeoutMs, signal }: Polling,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  let last: { readonly value: Value } | undefined;
  for (;;) {
    const isOver = () => performance.now() >= deadline || signal.aborted;
    try {
      last = { value: await read() };
      if (isFinal(last.value)) return last.value;
    } catch (error) {
      if (!mayPass(error) || (last === undefined && isOver())) throw error;
    }
    if (last !== undefined && isOver()) return last.value;
    await pause(Math.min(intervalMs, Math.max(0, deadline - performance.now())), signal);
  }
}

/** True for an error of the connection or of the function, false for a request that is refused. */
export const mayPass = (error: unknown): boolean =>
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
