import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hmacSha256 } from '../../../../lambdas/webhooks/ingest/verify-signature.ts';

const rfc4231 = [
  {
    key: '0b'.repeat(20),
    data: Buffer.from('Hi There').toString('hex'),
    mac: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  },
  {
    key: Buffer.from('Jefe').toString('hex'),
    data: Buffer.from('what do ya want for nothing?').toString('hex'),
    mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
  {
    key: 'aa'.repeat(20),
    data: 'dd'.repeat(50),
    mac: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  },
  {
    key: '0102030405060708090a0b0c0d0e0f10111213141516171819',
    data: 'cd'.repeat(50),
    mac: '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  },
  {
    key: 'aa'.repeat(131),
    data: Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex'),
    mac: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  },
];

test.each(rfc4231)('computes the MAC of RFC 4231 for the key $key', ({ key, data, mac }) => {
  expect(hmacSha256(Buffer.from(key, 'hex'), '', Buffer.from(data, 'hex'), 'hex')).toBe(mac);
});

// Any UTF-16, lone surrogates included, which UTF-8 cannot encode.
const text = fc
  .array(fc.nat(0xffff), { maxLength: 60, size: 'max' })
  .map((units) => String.fromCharCode(...units));
const longText = fc
  .tuple(text, fc.constantFrom(0, 1, 200, 700, 2_000))
  .map(([part, times]) => part.repeat(times));
const bytes = fc.uint8Array({ maxLength: 400, size: 'max' }).map((array) => Buffer.from(array));
const body = fc.oneof(text, longText, bytes);
const secret = fc.uint8Array({ maxLength: 150, size: 'max' }).map((array) => Buffer.from(array));

test('equals the HMAC of the concatenated bytes, for any key, prefix and body', () => {
  fc.assert(
    fc.property(secret, text, body, (key, prefix, content) => {
      const signed = Buffer.concat([
        Buffer.from(prefix),
        typeof content === 'string' ? Buffer.from(content) : content,
      ]);
      const mac = createHmac('sha256', key).update(signed).digest();

      expect(hmacSha256(key, prefix, content, 'hex')).toBe(mac.toString('hex'));
      expect(hmacSha256(key, prefix, content, 'base64')).toBe(mac.toString('base64'));
    }),
    { numRuns: 500 },
  );
});

test.each([21_823, 60_000])('signs a text of %i characters of three bytes', (length) => {
  const content = '€'.repeat(length);
  const key = Buffer.from('secret');

  expect(hmacSha256(key, '', content, 'hex')).toBe(
    createHmac('sha256', key).update(Buffer.from(content)).digest('hex'),
  );
});
