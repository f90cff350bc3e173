import { styleText } from 'node:util';

/** Prints the progress of the demo, and compares values with the expected ones. */
export interface Expectations {
  heading(text: string): void;
  print(lines: readonly string[]): void;
  /** Records a failure if the values differ. */
  expect(description: string, actual: unknown, expected: unknown): void;
  readonly failures: readonly string[];
}

export function makeExpectations(printLine: (line: string) => void): Expectations {
  const failures: string[] = [];
  let currentHeading = '';
  return {
    heading(text) {
      currentHeading = text;
      printLine(`\n${styleText('bold', text)}`);
    },
    print(lines) {
      for (const line of lines) printLine(line);
    },
    expect(description, actual, expected) {
      const actualJson = JSON.stringify(actual);
      const expectedJson = JSON.stringify(expected);
      if (actualJson === expectedJson) {
        printLine(styleText('green', `  ✓ ${description}`));
        return;
      }
      const failure = `${description}: expected ${expectedJson}, got ${actualJson}`;
      failures.push(`${currentHeading}: ${failure}`);
      printLine(styleText('red', `  ✗ ${failure}`));
    },
    failures,
  };
}
