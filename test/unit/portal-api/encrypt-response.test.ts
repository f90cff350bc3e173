import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seal, unseal } from '../../../lambdas/portal-api/encrypt-response.ts';

const key = {
  operation: 'create-share-link',
  caller: 'arn:aws:iam::1:role/portal',
  key: '0123456789abcdef',
};

test('whoever has the key has the text again, byte for byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      expect(unseal(seal(text, key), key)).toBe(text),
    ),
  );
});

test.each([
  ['another key', { ...key, key: '0123456789abcdeg' }],
  ['another caller', { ...key, caller: 'arn:aws:iam::1:role/other' }],
  ['another operation', { ...key, operation: 'create-upload' }],
])('with %s it stays closed', (_, other) => {
  expect(() => unseal(seal('a token', key), other)).toThrow();
});

test('what was changed is not opened, and the same text is sealed to something else each time', () => {
  const sealed = seal('a token', key);
  const bytes = Buffer.from(sealed, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;

  expect(() => unseal(bytes.toString('base64'), key)).toThrow();
  expect(seal('a token', key)).not.toBe(sealed);
  expect(sealed).not.toContain(Buffer.from('a token').toString('base64').slice(0, 8));
});
