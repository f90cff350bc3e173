import { afterEach, beforeEach } from '@jest/globals';

/** Collects the JSON lines that a test writes to stdout, and prints none of them. */
export function useStdout(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const write = process.stdout.write;

  beforeEach(() => {
    lines.length = 0;
    process.stdout.write = (chunk: string | Uint8Array) => {
      lines.push(JSON.parse(String(chunk)));
      return true;
    };
  });
  afterEach(() => {
    process.stdout.write = write;
  });
  return lines;
}
