import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decryptResponse,
  type EncryptionContext,
  encryptResponse,
} from '../../../lambdas/portal-api/encrypt-response.ts';

const context = {
  operation: 'create-share-link',
  caller: 'arn:aws:iam::1:role/portal',
  key: '0123456789abcdef',
};
const secret = 's'.repeat(64);

test('decrypts the same text with the same context and secret', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      expect(decryptResponse(encryptResponse(text, context, secret), context, [secret])).toBe(text),
    ),
  );
});

test('decrypts with any of several secrets', () => {
  const encrypted = encryptResponse('a token', context, secret);

  expect(decryptResponse(encrypted, context, ['t'.repeat(64), secret])).toBe('a token');
  expect(decryptResponse(encrypted, context, [])).toBeUndefined();
});

test('nothing decrypts a response without the secret, even with the key and its caller', () => {
  const other = fc.oneof(
    fc.string(),
    fc.constantFrom('', context.key, context.caller, secret.slice(1), `${secret} `),
  );
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(other, { maxLength: 5 }),
      fc.boolean(),
      (text, others, old) => {
        const encrypted = encryptResponse(text, context, secret);
        const stored = old ? encrypted.slice('v2.'.length) : encrypted;
        const guesses = others.filter((guess) => guess !== secret);

        expect(decryptResponse(stored, context, guesses)).toBeUndefined();
        expect(decryptResponse(stored, { ...context, key: secret }, guesses)).toBeUndefined();
      },
    ),
  );
});

test.each([
  ['key', { ...context, key: '0123456789abcdeg' }],
  ['caller', { ...context, caller: 'arn:aws:iam::1:role/other' }],
  ['operation', { ...context, operation: 'create-upload' }],
])('does not decrypt with another %s', (_, other) => {
  const encrypted = encryptResponse('a token', context, secret);

  expect(decryptResponse(encrypted, other, [secret])).toBeUndefined();
});

test('does not decrypt a changed text, and never encrypts a text to the same bytes', () => {
  const encrypted = encryptResponse('a token', context, secret);
  const bytes = Buffer.from(encrypted.slice('v2.'.length), 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;

  expect(decryptResponse(`v2.${bytes.toString('base64')}`, context, [secret])).toBeUndefined();
  expect(encryptResponse('a token', context, secret)).not.toBe(encrypted);
  expect(encrypted).not.toContain(Buffer.from('a token').toString('base64').slice(0, 8));
});

test.each(['', 'v2.', 'v2.AAAA', 'AAAA', 'v3.AAAA', '{"id":1}'])(
  'does not decrypt the damaged text %j',
  (stored) => {
    expect(decryptResponse(stored, context, [secret])).toBeUndefined();
  },
);

test('decrypts a response that an earlier version encrypted with the key alone', () => {
  const stored = encryptAsBefore('{"id":1}', context);

  expect(decryptResponse(stored, context, [secret])).toBe('{"id":1}');
  expect(decryptResponse(stored, { ...context, key: 'fedcba9876543210' }, [secret])).toBe(
    undefined,
  );
});

/** Encrypts as the code did before the server's secret existed. */
function encryptAsBefore(text: string, { operation, caller, key }: EncryptionContext): string {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const derived = hkdfSync('sha256', key, salt, JSON.stringify([operation, caller]), 32);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(derived), iv);
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), encrypted]).toString('base64');
}
