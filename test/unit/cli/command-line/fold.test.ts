import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fold } from '../../../../cli/command-line/fold.ts';
import { columnsOf } from '../../../../cli/command-line/terminal.ts';

test('breaks long lines between words, and keeps indentation and columns of short lines', () => {
  expect(fold('  one two three\n\na  b', 9)).toBe('  one two\n  three\n\na  b');
  expect(fold('a-word-that-is-longer x', 5)).toBe('a-word-that-is-longer\nx');
});

test('joins the lines of a paragraph, and keeps indented lines', () => {
  expect(fold('one\ntwo\n\nthree:\n  a  b\n  c', 20)).toBe('one two\n\nthree:\n  a  b\n  c');
  expect(fold('  npm run x\nThen wait.', 80)).toBe('  npm run x\nThen wait.');
});

test('continues the text of a table in its column, if that is wide enough', () => {
  expect(fold('  NAME   one two three four five', 29)).toBe(
    '  NAME   one two three four\n         five',
  );
  expect(fold('  A_LONG_NAME   one two three four', 29)).toBe(
    '  A_LONG_NAME   one two three\n  four',
  );
});

test('loses no word, and exceeds the width only by single words', () => {
  const texts = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 10, max: 40 }), (words, columns) => {
      const lines = fold(words.join(' '), columns).split('\n');

      expect(lines.join(' ').split(' ')).toEqual(words);
      for (const line of lines) expect(line.length <= columns || !line.includes(' ')).toBe(true);
    }),
  );
});

test.each([
  ['60', 60],
  ['1000', 1_000],
  ['0', undefined],
  ['-5', undefined],
  ['wide', undefined],
  ['', undefined],
])("COLUMNS='%s' is a width of %s", (COLUMNS, width) => {
  expect(columnsOf({ COLUMNS })).toBe(width);
});
