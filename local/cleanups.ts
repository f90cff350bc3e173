/** Steps that release what a start has acquired. */
export interface Cleanups {
  add(cleanup: () => Promise<unknown>): void;
  /** Runs every step once, the last added first. */
  run(): Promise<void>;
}

export function makeCleanups(): Cleanups {
  const cleanups: (() => Promise<unknown>)[] = [];
  return {
    add: (cleanup) => void cleanups.push(cleanup),
    async run() {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    },
  };
}
