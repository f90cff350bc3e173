import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalAddress } from '../../../lambdas/notifications/email-address.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

test.each([
  ['mia@members.example', 'mia@members.example'],
  [' MIA@Members.Example\n', 'mia@members.example'],
  ['Mia Kent <MIA@members.example>', 'mia@members.example'],
  ['"Kent, Mia" < mia@members.example >', 'mia@members.example'],
  ['<mia@members.example>', 'mia@members.example'],
  ['mailto:Mia@members.example', 'mia@members.example'],
  ['Mia <MAILTO:mia@members.example>', 'mia@members.example'],
  ['mailto:mia%2Bx@members.example?subject=Hello@there', 'mia+x@members.example'],
  ['mailto:100%@members.example', '100%@members.example'],
  ['mia@Bücher.example', 'mia@xn--bcher-kva.example'],
  ['mia@BÜCHER.example', 'mia@xn--bcher-kva.example'],
  ['mia@bu\u0308cher.example', 'mia@xn--bcher-kva.example'],
  ['mia@xn--bcher-kva.example', 'mia@xn--bcher-kva.example'],
  ['mia@日本語.example', 'mia@xn--wgv71a119e.example'],
  ['mia@members.example.', 'mia@members.example'],
  ['"mia@home"@members.example', '"mia@home"@members.example'],
  ['mia@[192.0.2.1]', 'mia@[192.0.2.1]'],
  ['mia@0x7f.1', 'mia@0x7f.1'],
  ['', ''],
  ['nobody', 'nobody'],
])('%j becomes %j', (text, address) => {
  expect(canonicalAddress(text)).toBe(address);
});

const anAddress = fc.tuple(
  fc.stringMatching(/^[a-z0-9._+'-]{1,20}$/),
  fc.constantFrom('members.example', 'bücher.example', 'sub.日本語.example', 'a-b.co'),
);

test('every form of one address has the same canonical form', () => {
  fc.assert(
    fc.property(anAddress, fc.string(), ([local, domain], name) => {
      const plain = `${local}@${domain}`;
      const canonical = canonicalAddress(plain);
      const display = name.replaceAll(/[<>]/g, '');
      for (const form of [
        plain.toUpperCase(),
        `  ${plain} `,
        `${display} <${plain}>`,
        `mailto:${encodeURIComponent(local)}@${domain}`,
        `${plain}.`,
      ])
        expect(canonicalAddress(form)).toBe(canonical);
      expect(canonical).toMatch(/^[\x21-\x7e]+@[a-z0-9.-]+$/);
    }),
  );
});

test('a canonical address is its own canonical form', () => {
  fc.assert(
    fc.property(anAddress, ([local, domain]) => {
      const canonical = canonicalAddress(`${local}@${domain}`);
      expect(canonicalAddress(canonical)).toBe(canonical);
    }),
  );
});

test('any text is accepted', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      expect(typeof canonicalAddress(text)).toBe('string');
    }),
  );
});

test('different mailboxes stay different', () => {
  fc.assert(
    fc.property(anAddress, anAddress, (one, other) => {
      fc.pre(one[0] !== other[0] || one[1] !== other[1]);
      expect(canonicalAddress(one.join('@'))).not.toBe(canonicalAddress(other.join('@')));
    }),
  );
});
