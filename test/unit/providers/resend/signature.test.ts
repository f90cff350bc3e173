import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Resend } from 'resend';
import { Webhook } from 'standardwebhooks';
import {
  identifyResendEvent,
  verifyResendSignature,
} from '../../../../lambdas/providers/resend/signature.ts';
import vectors from '../../../fixtures/svix-vectors.json' with { type: 'json' };

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const otherSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const body = Buffer.from('{"type":"email.bounced","data":{"to":["żółć@members.example"]}}');
const id = 'msg_2testtesttesttesttesttest1';

const nowSeconds = () => Math.floor(Date.now() / 1000);
const signed = (key: string, at: number, text: string | Buffer = body) =>
  new Webhook(key).sign(id, new Date(at * 1000), text.toString());

const aDelivery = ({
  bytes = body,
  at = nowSeconds(),
  headers = {} as Record<string, string | undefined>,
} = {}) => ({
  body: bytes,
  headers: {
    'svix-id': id,
    'svix-timestamp': String(at),
    'svix-signature': signed(secret, at),
    ...headers,
  },
  receivedAt: new Date(nowSeconds() * 1000),
  trace: 'trace',
});
const ours = (delivery: ReturnType<typeof aDelivery>, value = secret) =>
  verifyResendSignature(delivery, [{ version: 'AWSCURRENT', value }]);

const { webhooks } = new Resend('re_unused');

/** What Resend's own package says, which is what standardwebhooks says. */
function theirs({ body: bytes, headers }: ReturnType<typeof aDelivery>, key = secret): boolean {
  const [webhookId, timestamp, signature] = [
    headers['svix-id'] ?? '',
    headers['svix-timestamp'] ?? '',
    headers['svix-signature'] ?? '',
  ];
  const standard = {
    'webhook-id': webhookId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  };
  const ofResend = { id: webhookId, timestamp, signature };
  const payload = bytes.toString();
  const accepts = (verify: () => unknown) => {
    try {
      verify();
      return true;
    } catch {
      return false;
    }
  };
  const verdicts = [
    accepts(() => new Webhook(key).verify(bytes, standard)),
    accepts(() => webhooks.verify({ payload, headers: ofResend, webhookSecret: key })),
  ];
  expect(new Set(verdicts).size).toBe(1);
  return verdicts[0] === true;
}

const good = (at = nowSeconds()) => signed(secret, at);
const bad = (at = nowSeconds()) => signed(otherSecret, at);

describe('what standardwebhooks accepts is accepted', () => {
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
    ['a delivery signed 299 s ago', aDelivery({ at: nowSeconds() - 299 })],
    ['a delivery signed 299 s ahead', aDelivery({ at: nowSeconds() + 299 })],
  ])('%s', (_, delivery) => {
    expect(theirs(delivery)).toBe(true);
    expect(ours(delivery)).toEqual({ genuine: true, secretVersion: 'AWSCURRENT' });
  });
});

describe('what standardwebhooks rejects is rejected', () => {
  test.each([
    [
      'a signature with another secret',
      aDelivery({ headers: { 'svix-signature': bad() } }),
      'signature-mismatch',
    ],
    ['a changed body', aDelivery({ bytes: Buffer.from('{}') }), 'signature-mismatch'],
    [
      'the same JSON, written again',
      aDelivery({ bytes: Buffer.from(JSON.stringify(JSON.parse(`${body}`), null, 1)) }),
      'signature-mismatch',
    ],
    ['another id', aDelivery({ headers: { 'svix-id': 'msg_other' } }), 'signature-mismatch'],
    [
      'another timestamp',
      aDelivery({ headers: { 'svix-timestamp': String(nowSeconds() - 1) } }),
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
    ['a delivery signed 301 s ago', aDelivery({ at: nowSeconds() - 302 }), 'stale-timestamp'],
    ['a delivery signed 301 s ahead', aDelivery({ at: nowSeconds() + 302 }), 'future-timestamp'],
    ['a timestamp in milliseconds', aDelivery({ at: nowSeconds() * 1000 }), 'future-timestamp'],
    [
      'a timestamp that is no number',
      aDelivery({ headers: { 'svix-timestamp': 'yesterday' } }),
      'malformed-signature',
    ],
  ] as const)('%s', (_, delivery, reason) => {
    expect(theirs(delivery)).toBe(false);
    expect(ours(delivery)).toEqual({ genuine: false, reason });
  });
});

test.each([
  [300, true],
  [301, 'stale-timestamp'],
  [-300, true],
  [-301, 'future-timestamp'],
])('a signature %s s old counts to the second', (ageSeconds, verdict) => {
  const receivedAt = new Date('2026-11-23T10:00:00.999Z');
  const at = Math.floor(receivedAt.getTime() / 1000) - ageSeconds;
  const delivery = { ...aDelivery({ at }), receivedAt };

  expect(ours(delivery)).toMatchObject(verdict === true ? { genuine: true } : { reason: verdict });
});

test('a timestamp with something behind it is refused, though standardwebhooks reads the number', () => {
  const at = nowSeconds();
  const delivery = aDelivery({ at, headers: { 'svix-timestamp': `${at}abc` } });

  expect(ours(delivery)).toEqual({ genuine: false, reason: 'malformed-signature' });
});

test('during a rotation either secret is good, and the verdict says which', () => {
  const verdict = verifyResendSignature(aDelivery(), [
    { version: 'AWSCURRENT', value: otherSecret },
    { version: 'AWSPREVIOUS', value: secret },
  ]);

  expect(verdict).toEqual({ genuine: true, secretVersion: 'AWSPREVIOUS' });
});

test.each([['not base64!'], ['whsec_'], ['v1,whsec_AAAA'], ['whsec_ab-_']])(
  'the secret %p can be no key: our fault, not a forgery',
  (value) => {
    expect(() => ours(aDelivery(), value)).toThrow('whsec_');
  },
);

test('the outside vector verifies', () => {
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

test('no delivery with one changed byte is taken', () => {
  fc.assert(
    fc.property(
      fc.nat(body.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (position, difference) => {
        const bytes = Buffer.from(body);
        bytes[position] = (bytes[position] ?? 0) ^ difference;
        expect(ours(aDelivery({ bytes }))).toEqual({
          genuine: false,
          reason: 'signature-mismatch',
        });
      },
    ),
  );
});

test('whatever list of signatures is sent, the verdict is that of standardwebhooks', () => {
  const at = nowSeconds();
  const piece = fc.constantFrom(
    good(at),
    bad(at),
    'v1,',
    'v1',
    'v1a,AAAA',
    '',
    'v2,AAAA',
    `${good(at)},x`,
    'v1,v1,',
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
      const delivery = aDelivery({ at, headers: { 'svix-signature': pieces.join(' ') } });
      expect(ours(delivery).genuine).toBe(theirs(delivery));
    }),
  );
});

test('the event is identified by svix-id, since the body has no id', () => {
  expect(
    identifyResendEvent({
      headers: { 'svix-id': id },
      document: { id: 'other', type: 'email.sent' },
    }),
  ).toEqual({
    eventId: id,
    eventType: 'email.sent',
  });
});
