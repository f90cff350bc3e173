import { log } from '../platform/logger.ts';
import { OutOfTimeError } from './paced-calls.ts';
import { ApiLimitedError, ApiRequestError, UnusableRecordError } from './provider-api.ts';
import { type CountReconciled, MAX_FAILURES_IN_A_ROW } from './reconciler.ts';

export interface FailureLimit {
  /**
   * Runs the work on one event or video. A failed request leaves only that one to a later run.
   * @returns true if the work succeeded.
   * @throws the failure after several in a row, and every failure that is not about one request.
   */
  guard(subject: string, work: () => Promise<void>): Promise<boolean>;
}

/** One faulty record at the provider must not stop the run; an unavailable provider must. */
export function makeFailureLimit(count: CountReconciled): FailureLimit {
  let inARow = 0;
  return {
    async guard(subject, work) {
      try {
        await work();
        inARow = 0;
        return true;
      } catch (error) {
        if (error instanceof OutOfTimeError || error instanceof ApiLimitedError) throw error;
        if (!isAboutOneRequest(error)) throw error;
        inARow += 1;
        count({ failed: 1 });
        if (inARow >= MAX_FAILURES_IN_A_ROW) throw error;
        log.warn('Failed to reconcile one record', { subject, error });
        return false;
      }
    },
  };
}

/** A rejected key fails every request, and a response that does not arrive may be an outage. */
const isAboutOneRequest = (error: unknown) =>
  error instanceof UnusableRecordError ||
  (error instanceof ApiRequestError && error.status !== 401 && error.status !== 403);
