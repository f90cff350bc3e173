import { styleText } from 'node:util';

/** A readable account of what happened, and of what should have and did not. */
export interface Account {
  heading(text: string): void;
  tell(lines: readonly string[]): void;
  expect(what: string, actual: unknown, wanted: unknown): void;
  readonly failures: readonly string[];
}

export function openAccount(print: (line: string) => void): Account {
  const failures: string[] = [];
  let current = '';
  return {
    heading(text) {
      current = text;
      print(`\n${styleText('bold', text)}`);
    },
    tell(lines) {
      for (const line of lines) print(line);
    },
    expect(what, actual, wanted) {
      const [got, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
      if (got === should) return print(styleText('green', `  ✓ ${what}`));
      const fault = `${what}: expected ${should}, got ${got}`;
      failures.push(`${current}: ${fault}`);
      print(styleText('red', `  ✗ ${fault}`));
    },
    failures,
  };
}
