import { afterAll, beforeAll, jest } from '@jest/globals';

/**
 * Stops the clock of a test file at a time, for a package that reads it instead of taking the time
 * as an argument. Timers still run.
 */
export function useClock(now: Date): void {
  beforeAll(() => {
    jest.useFakeTimers({
      now,
      doNotFake: [
        'hrtime',
        'performance',
        'nextTick',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
  });
  afterAll(() => {
    jest.useRealTimers();
  });
}
