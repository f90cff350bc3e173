import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import {
  identifyResendEvent,
  verifyResendSignature,
} from '../../../../lambdas/providers/resend/signature.ts';
import { useClock } from '../../../support/providers/clock.ts';
import {
  body,
  now,
  nowSeconds,
  otherSecret,
  secret,
} from '../../../support/providers/resend-signatures.ts';

type Headers = Readonly<Record<string, string | undefined>>;

useClock(now);

const sign = (id: string, key = secret) => new Webhook(key).sign(id, now, body.toString());

const family = (name: 'svix' | 'webhook', id: string, key = secret): Headers => ({
  [`${name}-id`]: id,
  [`${name}-timestamp`]: String(nowSeconds),
  [`${name}-signature`]: sign(id, key),
});

const verify = (headers: Headers) =>
  verifyResendSignature({ body, headers, receivedAt: now, trace: 'trace' }, [
    { version: 'AWSCURRENT', value: secret },
  ]);
const identify = (headers: Headers) =>
  identifyResendEvent({ headers, document: { id: 'other', type: 'email.sent' } });

const genuine = { genuine: true, secretVersion: 'AWSCURRENT' };
const rejectedAs = (reason: string) => ({ genuine: false, reason });

/** Returns true if the package accepts the headers. */
function packageAccepts(headers: Headers): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

test.each(['svix', 'webhook'] as const)('accepts the headers %s-* and reads their id', (name) => {
  const headers = family(name, 'msg_1');

  expect(verify(headers)).toEqual(genuine);
  expect(identify(headers)).toEqual({ eventId: 'msg_1', eventType: 'email.sent' });
});

test('uses svix-* where both families are complete', () => {
  const both = { ...family('svix', 'msg_1'), ...family('webhook', 'msg_2') };

  expect(verify(both)).toEqual(genuine);
  expect(identify(both)).toMatchObject({ eventId: 'msg_1' });
  expect(verify({ ...both, ...family('svix', 'msg_1', otherSecret) })).toEqual(
    rejectedAs('signature-mismatch'),
  );
});

test('uses webhook-* where svix-* is incomplete', () => {
  const headers = { ...family('webhook', 'msg_2'), 'svix-id': 'msg_1' };

  expect(verify(headers)).toEqual(genuine);
  expect(identify(headers)).toMatchObject({ eventId: 'msg_2' });
});

test('never mixes the families', () => {
  const [svix, standard] = [family('svix', 'msg_1'), family('webhook', 'msg_1')];
  const parts = ['id', 'timestamp', 'signature'];
  const mixes = Array.from({ length: 6 }, (_, index) => index + 1).map((bits) =>
    Object.fromEntries(
      parts.map((part, position) => {
        const takesSvix = (bits >> position) % 2 === 1;
        const name = takesSvix ? `svix-${part}` : `webhook-${part}`;
        return [name, takesSvix ? svix[name] : standard[name]];
      }),
    ),
  );

  for (const mix of mixes) expect(verify(mix)).toEqual(rejectedAs('missing-signature'));
});

test('agrees with standardwebhooks on any subset and damage of the headers webhook-*', () => {
  const standard = family('webhook', 'msg_1');
  const value = (name: string) =>
    fc.constantFrom(standard[name], standard[name], undefined, '', 'other', `v1,${'A'.repeat(44)}`);
  const headers = fc.record({
    'webhook-id': value('webhook-id'),
    'webhook-timestamp': fc.constantFrom(
      String(nowSeconds),
      String(nowSeconds),
      String(nowSeconds - 900),
      undefined,
      '',
    ),
    'webhook-signature': value('webhook-signature'),
  });

  fc.assert(
    fc.property(headers, (some) => {
      expect(verify(some).genuine).toBe(packageAccepts(some));
    }),
    { numRuns: 500 },
  );
});
