import { afterEach, beforeEach } from '@jest/globals';

/** The JSON lines that each test writes to stdout, in place of writing them. */
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
