/** Limits how many callers work at once. The others wait in the order of their calls. */
export interface Slots {
  /**
   * Returns no promise if a slot is free, so that an invocation starts before the code of its
   * function can be replaced.
   */
  acquire(): Promise<void> | undefined;
  /** Passes the slot to the caller that has waited longest, or frees it. */
  release(): void;
  /** Returns the number of callers that work or wait. */
  busy(): number;
}

/** @param limit read at each call, because the concurrency of a function may change. */
export function makeSlots(limit: () => number): Slots {
  const waiting: (() => void)[] = [];
  let acquired = 0;
  return {
    acquire() {
      if (acquired >= limit()) return new Promise<void>((resolve) => waiting.push(resolve));
      acquired += 1;
      return undefined;
    },
    release() {
      const next = waiting.shift();
      if (next === undefined) acquired -= 1;
      else next();
    },
    busy: () => acquired + waiting.length,
  };
}
