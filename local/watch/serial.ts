/** Runs one task after the other, each with everything that was added since the last one. */
export interface Batches<Item> {
  add(items: Iterable<Item>): void;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
}

/** @param run Receives the items of a batch. Must not throw. */
export function makeBatches<Item>(run: (items: readonly Item[]) => Promise<void>): Batches<Item> {
  const waiting = new Set<Item>();
  let running: Promise<void> | undefined;

  async function runAll(): Promise<void> {
    while (waiting.size > 0) {
      const items = [...waiting];
      waiting.clear();
      await run(items);
    }
    running = undefined;
  }

  return {
    add(items) {
      for (const item of items) waiting.add(item);
      if (waiting.size > 0) running ??= runAll();
    },
    idle: async () => running,
  };
}
