import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SecretText } from '../../../lambdas/platform/versioned-secret.ts';
import { verifyMuxSignature } from '../../../lambdas/providers/mux/signature.ts';
import { verifyResendSignature } from '../../../lambdas/providers/resend/signature.ts';
import type { VerifySignature } from '../../../lambdas/webhooks/ingest/verify-signature.ts';
import { useStdout } from '../../support/stdout.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

useStdout();

const receivedAt = new Date('2026-11-28T10:00:00Z');
const t = String(receivedAt.getTime() / 1000);
const body = '{"id":"evt-1","type":"video.asset.ready"}';

const hmac = (key: string | Buffer, text: string, encoding: 'hex' | 'base64') =>
  createHmac('sha256', key).update(text).digest(encoding);

const signMux = (key: string | Buffer) => ({
  'mux-signature': `t=${t},v1=${hmac(key, `${t}.${body}`, 'hex')}`,
});
const signResend = (key: string | Buffer) => ({
  'svix-id': 'msg_1',
  'svix-timestamp': t,
  'svix-signature': `v1,${hmac(key, `msg_1.${t}.${body}`, 'base64')}`,
});

/** Keys that somebody who knows how a secret was damaged can derive from the stored text. */
function derivableKeys(stored: string): readonly (string | Buffer)[] {
  const text = stored.replace(/^whsec_/, '');
  const lenient = Buffer.from(text, 'base64');
  const truncated = Array.from({ length: 24 }, (_, length) => lenient.subarray(0, length));
  return ['', lenient, stored.slice(0, 23), text.slice(0, 23), ...truncated];
}

/** The secrets of one read, among them the stored text. */
function secretsWith(stored: string, version: 'AWSCURRENT' | 'AWSPREVIOUS'): readonly SecretText[] {
  const good = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  return [
    ...(version === 'AWSPREVIOUS' ? [{ version: 'AWSCURRENT' as const, value: good }] : []),
    { version, value: stored },
  ];
}

function accepts(
  verify: VerifySignature,
  secrets: readonly SecretText[],
  headers: Readonly<Record<string, string>>,
): boolean {
  try {
    return verify({ body, headers, receivedAt, trace: 'trace' }, secrets).genuine;
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidSecretError') return false;
    throw error;
  }
}

const key = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
const version = fc.constantFrom('AWSCURRENT' as const, 'AWSPREVIOUS' as const);

/** Texts that are left of `whsec_<base64>` after common mistakes, none of them canonical. */
const damagedSvixSecret = fc.oneof(
  // Cut to less than the shortest key, at any character.
  fc
    .tuple(key, fc.nat(31))
    .map(([bytes, length]) => `whsec_${bytes.toString('base64').slice(0, length)}`),
  fc
    .tuple(key, fc.nat(), fc.constantFrom('-', '_', '!', '"', ' ', '\n', '=', 'whsec_', '\0', 'ż'))
    .map(([bytes, position, mistake]) => {
      const text = bytes.toString('base64');
      const at = position % text.replace(/=+$/, '').length;
      return `whsec_${text.slice(0, at)}${mistake}${text.slice(at)}`;
    }),
  key.map((bytes) => `whsec_${bytes.toString('base64')}A`),
  key
    .filter((bytes) => bytes.length % 3 !== 0)
    .map((bytes) => `whsec_${bytes.toString('base64').replace(/=+$/, '')}`),
  fc
    .uint8Array({ minLength: 65, maxLength: 90 })
    .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`),
  fc.uint8Array({ maxLength: 23 }).map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`),
  fc.string({ unit: anyCharacter, maxLength: 30 }),
);

const isCanonical = (stored: string) => {
  const bytes = Buffer.from(stored.replace(/^whsec_/, ''), 'base64');
  const same = bytes.toString('base64') === stored.replace(/^whsec_/, '');
  return same && bytes.length >= 24 && bytes.length <= 64;
};

test('fail closed: accepts nothing signed with a key derived from a damaged Resend secret', () => {
  fc.assert(
    fc.property(damagedSvixSecret, version, (stored, stage) => {
      fc.pre(!isCanonical(stored));
      const secrets = secretsWith(stored, stage);
      const accepted = derivableKeys(stored).filter((derived) =>
        accepts(verifyResendSignature, secrets, signResend(derived)),
      );
      expect(accepted).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

const damagedMuxSecret = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 23 }),
  fc.string({ minLength: 24 }).map((text) => `{"secret":"${text}"}`),
  fc.string({ minLength: 24 }).map((text) => `${text}\n`),
  fc.string({ minLength: 24 }).map((text) => `${text}ż`),
);

test('fail closed: accepts nothing signed with a key derived from a damaged Mux secret', () => {
  fc.assert(
    fc.property(damagedMuxSecret, version, (stored, stage) => {
      const secrets = secretsWith(stored, stage);
      const accepted = [stored, ...derivableKeys(stored)].filter((derived) =>
        accepts(verifyMuxSignature, secrets, signMux(derived)),
      );
      expect(accepted).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('accepts the key of every canonical secret', () => {
  fc.assert(
    fc.property(key, fc.constantFrom('whsec_', ''), version, (bytes, prefix, stage) => {
      const stored = `${prefix}${bytes.toString('base64')}`;
      expect(accepts(verifyResendSignature, secretsWith(stored, stage), signResend(bytes))).toBe(
        true,
      );
    }),
  );
});
