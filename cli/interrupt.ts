/** npm passes on the signal that the terminal has already given to everybody, so one Ctrl-C may come twice at once. */
const SAME_PRESS_MS = 300;

export interface Interruption extends Promise<void> {
  begun(): boolean;
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process. */
export function onSignals(first: () => void): Interruption {
  const { promise, resolve } = Promise.withResolvers<void>();
  let begunAt: number | undefined;
  const interrupt = () => {
    if (begunAt === undefined) {
      begunAt = performance.now();
      first();
      resolve();
    } else if (performance.now() - begunAt > SAME_PRESS_MS) {
      process.exit(130);
    }
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return Object.assign(promise, { begun: () => begunAt !== undefined });
}
