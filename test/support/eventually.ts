/** Longest wait for an effect, in milliseconds. A busy machine needs seconds. */
export const WAIT_MS = 60_000;

/**
 * Reads a value repeatedly until the condition is true, and returns the last value.
 * Returns it after the time limit as well, so that the following assertion shows the difference.
 */
export async function eventually<Value>(
  read: () => Promise<Value> | Value,
  condition: (value: Value) => boolean,
  limitMs = WAIT_MS,
): Promise<Value> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (condition(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
