/**
 * Time in which two signals count as one Ctrl-C.
 * The terminal signals every process of the group, and npm forwards its signal to this process.
 */
const SAME_CTRL_C_MS = 300;

export interface Interruption extends Promise<void> {
  /** Returns true after the first signal. */
  started(): boolean;
}

/** Resolves at the first SIGINT or SIGTERM. A second signal ends the process with code 130. */
export function onInterrupt(onFirst: () => void): Interruption {
  const { promise, resolve } = Promise.withResolvers<void>();
  let startedAt: number | undefined;
  const interrupt = () => {
    if (startedAt === undefined) {
      startedAt = performance.now();
      onFirst();
      resolve();
    } else if (performance.now() - startedAt > SAME_CTRL_C_MS) {
      process.exit(130);
    }
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return Object.assign(promise, { started: () => startedAt !== undefined });
}
