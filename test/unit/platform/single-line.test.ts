import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSingleLine, toSingleLine } from '../../../lambdas/platform/single-line.ts';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

const units = fc.string({ unit: anyCharacter, size: 'medium' });
const separator = fc.constantFrom('\n', '\r\n', '\0', '\u001b', '\u0085', '\u2028', '\u2029');
const anyText = fc.array(fc.oneof(units, separator)).map((parts) => parts.join(''));

test('makes one line of any text, and leaves a line as it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const line = toSingleLine(text);
      expect(isSingleLine(line)).toBe(true);
      expect(toSingleLine(line)).toBe(line);
    }),
  );
});

test('the portal API rejects a title with a line break or a control character', () => {
  const { request } = contracts['create-upload'];
  const accepts = (title: string) =>
    request.safeParse({ ownerId: '3f0f7f8e-8a0b-4a39-9f0c-3a1f5a1d7c11', title }).success;

  expect(accepts('A title')).toBe(true);
  fc.assert(fc.property(separator, (part) => expect(accepts(`A${part}title`)).toBe(false)));
});

test('the portal API removes direction marks from a title, and rejects a title of them', () => {
  const { request } = contracts['create-upload'];
  const parse = (title: string) =>
    request.safeParse({ ownerId: '3f0f7f8e-8a0b-4a39-9f0c-3a1f5a1d7c11', title });

  for (const mark of '\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069') {
    expect(parse(`A${mark} title${mark}`).data?.title).toBe('A title');
    expect(parse(mark).success).toBe(false);
  }
});
