import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  oneLine,
  playingTime,
  quoted,
} from '../../../lambdas/notifications/templates/display-text.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

describe('oneLine', () => {
  test.each([
    ['a\r\nBcc: all@example.com', 'a Bcc: all@example.com'],
    ['  many \t spaces\u00A0here ', 'many spaces here'],
    ['turned \u202Eround', 'turned round'],
    ['NUL\0 and \u2028 separators', 'NUL and separators'],
    ['half a pair \uD83D', 'half a pair \uFFFD'],
  ])('turns %j into %j', (text, expected) => {
    expect(oneLine(text, 80)).toBe(expected);
  });

  test.each([null, '', '   ', '\n', '\u200B\u200D', '\u202E'])(
    'returns undefined for %j',
    (text) => {
      expect(oneLine(text, 80)).toBeUndefined();
    },
  );

  test('does not split a grapheme', () => {
    expect(oneLine(`${'a'.repeat(6)}👨‍👩‍👧‍👦 and more`, 10)).toBe('aaaaaa…');
  });

  test('returns one well-formed line within the limit for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 600 }),
        fc.integer({ min: 2, max: 200 }),
        (text, limit) => {
          const line = oneLine(text, limit) ?? 'x';
          expect(line.length).toBeLessThanOrEqual(limit);
          expect(line.isWellFormed()).toBe(true);
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
        },
      ),
    );
  });

  test('reads only the beginning of a long text', () => {
    const far = ' '.repeat(1_000_000);

    expect(oneLine(`${far}word`, 80)).toBeUndefined();
    expect(oneLine(`a${far}word`, 80)).toBe('a…');
  });
});

test('isolates a right-to-left title and no other title', () => {
  expect(quoted('מופע')).toBe('“\u2068מופע\u2069”');
  expect(quoted('Launch')).toBe('“Launch”');
});

test.each([
  [0, '0:01'],
  [59.6, '1:00'],
  [205.3, '3:25'],
  [3599.7, '1:00:00'],
  [3723, '1:02:03'],
  [360_000, '100:00:00'],
])('formats %s seconds as %s', (seconds, expected) => {
  expect(playingTime(seconds)).toBe(expected);
});
