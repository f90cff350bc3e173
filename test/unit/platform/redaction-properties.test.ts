import { createHmac } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact, redactText } from '../../../lambdas/platform/redaction.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

const hex = createHmac('sha256', 'key').update('body').digest('hex');

const word = fc.stringMatching(/^[a-z][a-z0-9]{5,19}$/);
const privateTexts = fc.oneof(
  word.map((local) => ({ hidden: local, text: `${local}@example.org` })),
  word.map((query) => ({
    hidden: query,
    text: `https://storage.example/clip.mp4?signed=${query}`,
  })),
  word.map((password) => ({
    hidden: password,
    text: `postgres://portal:${password}@db.example/portal`,
  })),
  word.map((token) => ({ hidden: token, text: `Bearer ${token}` })),
  word.map((secret) => ({ hidden: secret, text: `whsec_${secret}` })),
  word.map((payload) => ({ hidden: payload, text: `eyJ${payload}.eyJ${payload}.${payload}` })),
);
// No characters that continue a word, because the rules find a private part by its boundaries.
const surroundings = fc
  .array(
    fc.constantFrom(
      ' ',
      '"',
      "'",
      ',',
      ';',
      '(',
      ')',
      '<',
      '>',
      '\n',
      '{',
      '}',
      '[',
      ']',
      ' ż ',
      ' 🎬 ',
      ' at ',
    ),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((pieces) => ` ${pieces.join('')}`);

test('hides a private part in text, in an object and in a key', () => {
  fc.assert(
    fc.property(surroundings, privateTexts, surroundings, (before, { hidden, text }, after) => {
      const whole = `${before}${text}${after}`;

      expect(redactText(whole)).not.toContain(hidden);
      expect(
        JSON.stringify(redact({ list: [{ [whole]: whole }], error: new Error(whole) })),
      ).not.toContain(hidden);
    }),
    { numRuns: 1_000 },
  );
});

const piecesOfSecrets = fc
  .array(
    fc.constantFrom(
      '-----BEGIN',
      'KEY-----',
      '://',
      'https',
      'authorization',
      ':',
      'Bearer',
      'eyJ',
      'whsec_',
      're_',
      '-----BEGIN A-----',
      'a://b?c',
      'Bearer ',
      '%40',
      'token":"',
      "secret':'",
      'v1,',
      hex,
    ),
    { minLength: 1, maxLength: 4 },
  )
  .chain((pieces) =>
    fc
      .array(fc.stringMatching(/^[A-Za-z0-9._:@=-]{0,12}$/), {
        minLength: pieces.length,
        maxLength: pieces.length,
      })
      .map((between) => pieces.flatMap((piece, index) => [piece, between[index]]).join('')),
  );

const keysInWords = fc
  .array(
    fc.oneof(
      fc.constantFrom('re_', 'whsec_', 'Re_', '_', '-'),
      fc.stringMatching(/^[A-Za-z0-9]{5,9}$/),
    ),
    {
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(''));

test('the check for markers skips only texts that no rule changes', () => {
  fc.assert(
    fc.property(
      fc.oneof(piecesOfSecrets, keysInWords, fc.stringMatching(/^[A-Za-z0-9._:TZ-]{0,30}$/)),
      (text) => {
        // The quote is a marker, so every rule runs. No rule matches a quote followed by a space.
        expect(`" ${redactText(text)}`).toBe(redactText(`" ${text}`));
      },
    ),
    { numRuns: 5_000 },
  );
});

test('a second redaction changes nothing, and JSON stays JSON', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ stringUnit: anyCharacter }),
      fc.string({ unit: anyCharacter }),
      (value, text) => {
        expect(redactText(redactText(text))).toBe(redactText(text));
        expect(redact(redact(value))).toEqual(redact(value));
        expect(() => JSON.stringify(redact(value))).not.toThrow();
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ['letters', 'a'.repeat(900_000)],
  ['at signs', '@'.repeat(900_000)],
  ['letters and at signs', 'a@'.repeat(450_000)],
  ['dots', 'a.'.repeat(450_000)],
  ['schemes', 'https://'.repeat(110_000)],
  ['slashes', 'a://a:b'.repeat(120_000)],
  ['question marks', 'a://b?'.repeat(150_000)],
  ['dashes', '-----BEGIN A-----'.repeat(50_000)],
  ['jwt heads', 'eyJ'.repeat(300_000)],
  ['jwt heads and dashes', 'eyJ-'.repeat(225_000)],
  ['jwt parts', 'eyJ.a'.repeat(180_000)],
  ['secret words', 'token="'.repeat(120_000)],
  ['authorizations', 'authorization:a '.repeat(56_000)],
  ['bearers', 'Bearer '.repeat(128_000)],
  ['spaces', `Bearer${' '.repeat(900_000)}`],
  ['schemes and passwords', 'a://b:'.repeat(150_000)],
  ['escaped quotes', 'token\\"'.repeat(120_000)],
])('redacts a body of 900 KB of %s in linear time', (_, text) => {
  // A quadratic pattern would take minutes. Code can be stopped by a timeout only in a separate
  // context.
  const redacted: string = runInNewContext(
    'redactText(text)',
    { redactText, text },
    { timeout: 30_000 },
  );

  expect(redacted).not.toBe('');
});
