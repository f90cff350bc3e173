import { expect, test } from '@jest/globals';
import { parseTypeProblems } from '../../../../local/watch/type-check.ts';

test('parses type errors with their continuation lines, and no other output', () => {
  const output = [
    "lambdas/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
    "  Types of property 'x' are incompatible.",
    "lib/b (2).ts(10,1): error TS1005: ';' expected.",
    '',
    'Found 2 errors.',
  ].join('\n');

  expect(parseTypeProblems(output)).toEqual([
    { file: 'lambdas/a.ts', text: output.split('\n').slice(0, 2).join('\n') },
    { file: 'lib/b (2).ts', text: output.split('\n')[2] },
  ]);
  expect(parseTypeProblems('')).toEqual([]);
});
