import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KEY_LENGTH, readIdempotencyKey } from '../../../lambdas/portal-api/idempotency-key.ts';

const uuid = '8e03978e-40d5-43dd-bc93-6894a57f9324';

test.each([
  ['a string in quotes', `"${uuid}"`, uuid],
  ['a string between spaces', ` "${uuid}"\t`, uuid],
  [
    'a string with escaped quotes and backslashes',
    '"0123456789 \\"key\\" \\\\"',
    '0123456789 "key" \\',
  ],
  ['a string without quotes', uuid, uuid],
])('accepts %s', (_, header, key) => {
  expect(readIdempotencyKey(header)).toEqual({ key });
});

test.each([undefined, '', '  '])('reports %j as a missing key', (header) => {
  expect(readIdempotencyKey(header)).toMatchObject({ fault: 'idempotency-key-missing' });
});

test.each([
  ['only one quote', `"${uuid}`],
  ['a quote in the middle', `"${uuid}"${uuid}"`],
  ['two keys, joined as API Gateway joins headers', `"${uuid}", "${uuid}"`],
  ['two keys without quotes', `${uuid},${uuid}`],
  ['a parameter', `"${uuid}";a=1`],
  ['an unknown escape sequence', '"0123456789\\n0123456789"'],
  ['a character outside ASCII', `"${uuid}é"`],
  ['a control character', `"${uuid}\u0007"`],
  ['an empty string in quotes', '""'],
  ['a key below the minimum length', '"1"'],
  ['a key above the maximum length', `"${'k'.repeat(KEY_LENGTH.max + 1)}"`],
  ['a key with spaces and without quotes', 'a key with spaces in it'],
])('rejects %s', (_, header) => {
  expect(readIdempotencyKey(header)).toMatchObject({ fault: 'idempotency-key-malformed' });
});

test('reads every string that structured fields can express', () => {
  const printable = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: KEY_LENGTH.min,
    maxLength: KEY_LENGTH.max,
  });
  fc.assert(
    fc.property(printable, (key) => {
      expect(readIdempotencyKey(`"${key.replaceAll(/["\\]/g, '\\$&')}"`)).toEqual({ key });
    }),
  );
});
