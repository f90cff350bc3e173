import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonParameter, storableText } from '../../../lambdas/platform/storable-text.ts';
import { root, sourcesUnder } from '../../support/source.ts';

/** Any UTF-16 text: NUL characters and lone surrogates are frequent. */
const anyText = fc
  .array(fc.constantFrom('\0', '\ud83c', '\udfac', '🎬', '\\u0000', '\\', '"', 'a', 'ż'))
  .map((pieces) => pieces.join(''));
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.constantFrom(null, true, 1.5, new Date(0)),
    fc.array(tie('value')),
    fc.dictionary(anyText, tie('value')),
  ),
})).value;

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');

test('replaces NUL characters and lone surrogates and nothing else', () => {
  expect(storableText('a\0b\ud83cc🎬\udfac')).toBe('a\ufffdb\ufffdc🎬\ufffd');
  fc.assert(
    fc.property(anyText, (text) => {
      expect(isStorable(storableText(text))).toBe(true);
      expect(storableText(text) === text).toBe(isStorable(text));
    }),
  );
});

test('writes every value as JSON with storable texts and keys', () => {
  const isStorableValue = (value: unknown): boolean => {
    if (typeof value === 'string') return isStorable(value);
    if (typeof value !== 'object' || value === null) return true;
    return Object.entries(value).every(([key, item]) => isStorable(key) && isStorableValue(item));
  };
  fc.assert(
    fc.property(anyValue, (value) => {
      const written = JSON.parse(jsonParameter(value));

      expect(isStorableValue(written)).toBe(true);
      const same = JSON.parse(JSON.stringify(value));
      if (isStorableValue(same)) expect(written).toEqual(same);
    }),
  );
});

test('every statement takes its JSON from jsonParameter', () => {
  const writers = sourcesUnder('lambdas')
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.queries.ts'))
    // Stores responses as text and reads them back unchanged.
    .filter((path) => !path.endsWith('/idempotency.queries.ts'))
    .filter((path) => readFileSync(join(root, path), 'utf8').includes('JSON.stringify('));

  expect(writers).toEqual([]);
});
