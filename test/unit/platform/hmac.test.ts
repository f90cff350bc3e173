import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hmacKey, hmacSha256 } from '../../../lambdas/runtime/hmac.ts';

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

test.each(rfc4231)('gives the MAC that RFC 4231 has for the key $key', ({ key, data, mac }) => {
  expect(hmacSha256(hmacKey(Buffer.from(key, 'hex')), '', Buffer.from(data, 'hex'), 'hex')).toBe(
    mac,
  );
});

const aSecret = Buffer.from('secret');

// Any UTF-16, halves of characters too, which no UTF-8 can say.
const text = fc
  .array(fc.nat(0xffff), { maxLength: 60, size: 'max' })
  .map((units) => String.fromCharCode(...units));
const longer = fc
  .tuple(text, fc.constantFrom(0, 1, 200, 700, 2_000))
  .map(([part, times]) => part.repeat(times));
const bytes = fc.uint8Array({ maxLength: 400, size: 'max' }).map((array) => Buffer.from(array));
const body = fc.oneof(text, longer, bytes);
const secret = fc.uint8Array({ maxLength: 150, size: 'max' }).map((array) => Buffer.from(array));

test('gives what createHmac gives, whatever was signed with whichever key before', () => {
  fc.assert(
    fc.property(secret, secret, text, body, body, (one, other, prefix, first, second) => {
      const [oneKey, otherKey] = [hmacKey(one), hmacKey(other)];

      for (const [key, secret, body] of [
        [oneKey, one, first],
        [otherKey, other, second],
        [oneKey, one, second],
      ] as const) {
        const hmac = createHmac('sha256', secret).update(prefix).update(body).digest();
        expect(hmacSha256(key, prefix, body, 'hex')).toBe(hmac.toString('hex'));
        expect(hmacSha256(key, prefix, body, 'base64')).toBe(hmac.toString('base64'));
      }
    }),
    { numRuns: 500 },
  );
});

test.each([21_823, 21_824, 21_825, 60_000])(
  'takes a text of %i letters of three bytes each',
  (length) => {
    const body = '€'.repeat(length);

    expect(hmacSha256(hmacKey(aSecret), '', body, 'hex')).toBe(
      createHmac('sha256', aSecret).update(Buffer.from(body)).digest('hex'),
    );
  },
);

test.each([21_824, 21_825, 65_472, 65_473])('takes %i bytes', (length) => {
  const body = Buffer.alloc(length, 0xff);

  expect(hmacSha256(hmacKey(aSecret), '', body, 'hex')).toBe(
    createHmac('sha256', aSecret).update(body).digest('hex'),
  );
});
