import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifyResendSignature } from '../../../../lambdas/providers/resend/signature.ts';
import vectors from '../../../fixtures/svix-vectors.json' with { type: 'json' };
import { useClock } from '../../../support/providers/clock.ts';
import {
  aDelivery,
  bad,
  body,
  good,
  now,
  nowSeconds,
  officialPackagesAccept,
  otherSecret,
  secret,
  verifySignature,
} from '../../../support/providers/resend-signatures.ts';

useClock(now);

describe('accepts what standardwebhooks accepts', () => {
  test.each([
    ['a plain signature', aDelivery()],
    [
      'the second of two signatures',
      aDelivery({ headers: { 'svix-signature': `${bad()} ${good()}` } }),
    ],
    [
      'the first of two signatures',
      aDelivery({ headers: { 'svix-signature': `${good()} ${bad()}` } }),
    ],
    [
      'a signature beside one of another version',
      aDelivery({ headers: { 'svix-signature': `v1a,AAAA ${good()}` } }),
    ],
    ['a delivery signed 300 s ago', aDelivery({ at: nowSeconds - 300 })],
    ['a delivery signed 300 s ahead', aDelivery({ at: nowSeconds + 300 })],
  ])('%s', (_, delivery) => {
    expect(officialPackagesAccept(delivery)).toBe(true);
    expect(verifySignature(delivery)).toEqual({ genuine: true, secretVersion: 'AWSCURRENT' });
  });
});

describe('rejects what standardwebhooks rejects', () => {
  test.each([
    [
      'a signature with another secret',
      aDelivery({ headers: { 'svix-signature': bad() } }),
      'signature-mismatch',
    ],
    ['a changed body', aDelivery({ bytes: Buffer.from('{}') }), 'signature-mismatch'],
    [
      'rewritten JSON',
      aDelivery({ bytes: Buffer.from(JSON.stringify(JSON.parse(`${body}`), null, 1)) }),
      'signature-mismatch',
    ],
    ['another id', aDelivery({ headers: { 'svix-id': 'msg_other' } }), 'signature-mismatch'],
    [
      'another timestamp',
      aDelivery({ headers: { 'svix-timestamp': String(nowSeconds - 1) } }),
      'signature-mismatch',
    ],
    ['no id', aDelivery({ headers: { 'svix-id': undefined } }), 'missing-signature'],
    ['no timestamp', aDelivery({ headers: { 'svix-timestamp': undefined } }), 'missing-signature'],
    ['no signature', aDelivery({ headers: { 'svix-signature': undefined } }), 'missing-signature'],
    [
      'a signature without its version',
      aDelivery({ headers: { 'svix-signature': good().slice(3) } }),
      'signature-mismatch',
    ],
    [
      'a signature of version 2 alone',
      aDelivery({ headers: { 'svix-signature': good().replace('v1,', 'v2,') } }),
      'signature-mismatch',
    ],
    [
      'signatures joined by a comma without a space',
      aDelivery({ headers: { 'svix-signature': `${bad()},${good()}` } }),
      'signature-mismatch',
    ],
    ['a delivery signed 301 s ago', aDelivery({ at: nowSeconds - 301 }), 'stale-timestamp'],
    ['a delivery signed 301 s ahead', aDelivery({ at: nowSeconds + 301 }), 'future-timestamp'],
    ['a timestamp in milliseconds', aDelivery({ at: nowSeconds * 1000 }), 'future-timestamp'],
    [
      'a timestamp that is not a number',
      aDelivery({ headers: { 'svix-timestamp': 'yesterday' } }),
      'malformed-signature',
    ],
  ] as const)('%s', (_, delivery, reason) => {
    expect(officialPackagesAccept(delivery)).toBe(false);
    expect(verifySignature(delivery)).toEqual({ genuine: false, reason });
  });
});

test.each([
  [300, true],
  [301, 'stale-timestamp'],
  [-300, true],
  [-301, 'future-timestamp'],
])('measures the age of %s s to the second', (ageSeconds, result) => {
  const receivedAt = new Date('2026-11-23T10:00:00.999Z');
  const at = Math.floor(receivedAt.getTime() / 1000) - ageSeconds;
  const delivery = { ...aDelivery({ at }), receivedAt };

  expect(verifySignature(delivery)).toMatchObject(
    result === true ? { genuine: true } : { reason: result },
  );
});

test('rejects a timestamp followed by text, unlike standardwebhooks', () => {
  const delivery = aDelivery({ headers: { 'svix-timestamp': `${nowSeconds}abc` } });

  expect(verifySignature(delivery)).toEqual({ genuine: false, reason: 'malformed-signature' });
});

test('accepts both secrets during a rotation and returns the matching version', () => {
  const result = verifyResendSignature(aDelivery(), [
    { version: 'AWSCURRENT', value: otherSecret },
    { version: 'AWSPREVIOUS', value: secret },
  ]);

  expect(result).toEqual({ genuine: true, secretVersion: 'AWSPREVIOUS' });
});

test.each([
  ['not base64!'],
  ['whsec_'],
  ['whsec_A'],
  ['v1,whsec_AAAA'],
  ['whsec_ab-_'],
  [secret.slice(0, -1)],
  [`${secret}=`],
  [`${secret}\n${secret}`],
  [`whsec_${Buffer.alloc(23, 1).toString('base64')}`],
  [`whsec_${Buffer.alloc(65, 1).toString('base64')}`],
  [`whsec_${Buffer.alloc(25, 1).toString('base64').replace(/==$/, '')}`],
  [`whsec_${Buffer.alloc(25, 1).toString('base64').replace(/Q==$/, 'R==')}`],
])('throws for the secret %p, which cannot be a key', (value) => {
  expect(() => verifySignature(aDelivery(), value)).toThrow('whsec_');
});

test('accepts a vector computed by another implementation', () => {
  const { t, bodyHex, svix } = vectors;
  const delivery = {
    body: Buffer.from(bodyHex, 'hex'),
    headers: {
      'svix-id': svix.id,
      'svix-timestamp': svix.timestamp,
      'svix-signature': svix.signature,
    },
    receivedAt: new Date(t * 1000),
    trace: 'trace',
  };

  expect(
    verifyResendSignature(delivery, [{ version: 'AWSCURRENT', value: svix.secret }]),
  ).toMatchObject({
    genuine: true,
  });
});

test('rejects a delivery with any byte changed', () => {
  fc.assert(
    fc.property(
      fc.nat(body.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (position, difference) => {
        const bytes = Buffer.from(body);
        bytes[position] = (bytes[position] ?? 0) ^ difference;
        expect(verifySignature(aDelivery({ bytes }))).toEqual({
          genuine: false,
          reason: 'signature-mismatch',
        });
      },
    ),
  );
});

test('agrees with standardwebhooks on any list of signatures', () => {
  const piece = fc.constantFrom(
    good(),
    bad(),
    'v1,',
    'v1',
    'v1a,AAAA',
    '',
    'v2,AAAA',
    `${good()},x`,
    'v1,v1,',
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
      const delivery = aDelivery({ headers: { 'svix-signature': pieces.join(' ') } });
      expect(verifySignature(delivery).genuine).toBe(officialPackagesAccept(delivery));
    }),
  );
});
