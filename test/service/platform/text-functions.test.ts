import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ageMs } from '../../../lambdas/platform/age.ts';
import { chunksOf } from '../../../lambdas/platform/chunks.ts';
import { escapeHtml } from '../../../lambdas/platform/html.ts';
import { parseJson, parseJsonObject } from '../../../lambdas/platform/json.ts';
import { shellQuote } from '../../../lambdas/platform/shell-quote.ts';

describe('parseJson', () => {
  test('returns every JSON value unchanged', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each(['', 'no JSON', '{"a":', 'undefined'])('returns undefined for %j', (text) => {
    expect(parseJson(text)).toBeUndefined();
    expect(parseJsonObject(text)).toBeUndefined();
  });
});

describe('parseJsonObject', () => {
  test('returns an object', () => {
    expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 });
  });

  test.each(['[]', 'null', '1', '"text"', 'true'])('returns undefined for %s', (text) => {
    expect(parseJsonObject(text)).toBeUndefined();
  });
});

test('escapeHtml escapes every character with a meaning in HTML', () => {
  expect(escapeHtml(`<a href="x" title='y'>&\`</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&#96;&lt;/a&gt;',
  );
});

test.each(['plain-word.1:2', '', 'two words', "it's", '$(exit 1)', '`exit 1`', 'a\\b"c', '*'])(
  'shellQuote makes one word of %j',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`]).toString()).toBe(text);
  },
);

test('ageMs returns the time in between, and zero for a time in the future', () => {
  const [earlier, later] = [new Date('2026-03-01T10:00:00.250Z'), new Date('2026-03-01T10:00:01Z')];

  expect(ageMs(earlier, later)).toBe(750);
  expect(ageMs(later, earlier)).toBe(0);
});

test('chunksOf keeps the order and fills every chunk but the last', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunksOf([1, 2], 2)).toEqual([[1, 2]]);
  expect(chunksOf([], 2)).toEqual([]);
});
