import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decryptResponse, encryptResponse } from '../../../lambdas/portal-api/encrypt-response.ts';

const context = {
  operation: 'create-share-link',
  caller: 'arn:aws:iam::1:role/portal',
  key: '0123456789abcdef',
};

test('decrypts the same text with the same context', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      expect(decryptResponse(encryptResponse(text, context), context)).toBe(text),
    ),
  );
});

test.each([
  ['key', { ...context, key: '0123456789abcdeg' }],
  ['caller', { ...context, caller: 'arn:aws:iam::1:role/other' }],
  ['operation', { ...context, operation: 'create-upload' }],
])('does not decrypt with another %s', (_, other) => {
  expect(() => decryptResponse(encryptResponse('a token', context), other)).toThrow();
});

test('does not decrypt a changed text, and never encrypts a text to the same bytes', () => {
  const encrypted = encryptResponse('a token', context);
  const bytes = Buffer.from(encrypted, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;

  expect(() => decryptResponse(bytes.toString('base64'), context)).toThrow();
  expect(encryptResponse('a token', context)).not.toBe(encrypted);
  expect(encrypted).not.toContain(Buffer.from('a token').toString('base64').slice(0, 8));
});
