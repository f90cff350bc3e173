import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KEY_LENGTH, readIdempotencyKey } from '../../../lambdas/portal-api/idempotency-key.ts';

const uuid = '8e03978e-40d5-43dd-bc93-6894a57f9324';

test.each([
  ['a string in quotes', `"${uuid}"`, uuid],
  ['with space around it', ` "${uuid}"\t`, uuid],
  ['with what a quote has to be escaped by', '"0123456789 \\"key\\" \\\\"', '0123456789 "key" \\'],
  ['bare, as many clients send it', uuid, uuid],
])('%s is a key', (_, header, key) => {
  expect(readIdempotencyKey(header)).toEqual({ key });
});

test.each([undefined, '', '  '])('%j is none', (header) => {
  expect(readIdempotencyKey(header)).toMatchObject({ fault: 'idempotency-key-missing' });
});

test.each([
  ['only one quote', `"${uuid}`],
  ['a quote in the midst', `"${uuid}"${uuid}"`],
  ['two keys, as two headers arrive', `"${uuid}", "${uuid}"`],
  ['two bare keys', `${uuid},${uuid}`],
  ['a parameter', `"${uuid}";a=1`],
  ['an escape that there is not', '"0123456789\\n0123456789"'],
  ['what is not ASCII', `"${uuid}é"`],
  ['a control character', `"${uuid}\u0007"`],
  ['nothing in quotes', '""'],
  ['a key that can be guessed', '"1"'],
  ['too long a key', `"${'k'.repeat(KEY_LENGTH.max + 1)}"`],
  ['a bare key with spaces', 'a key with spaces in it'],
])('%s is refused', (_, header) => {
  expect(readIdempotencyKey(header)).toMatchObject({ fault: 'idempotency-key-malformed' });
});

test('every string that structured fields can say is the key that it was', () => {
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
