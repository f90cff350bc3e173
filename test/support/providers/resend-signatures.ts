import { expect } from '@jest/globals';
import { Resend } from 'resend';
import { Webhook } from 'standardwebhooks';
import { verifyResendSignature } from '../../../lambdas/providers/resend/signature.ts';

export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const otherSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
export const body = Buffer.from('{"type":"email.bounced","data":{"to":["żółć@members.example"]}}');
export const id = 'msg_2testtesttesttesttesttest1';

/** Time of the signatures and of their receipt. The official packages need it as their clock. */
export const now = new Date('2026-11-23T10:00:00Z');
export const nowSeconds = now.getTime() / 1000;

const sign = (key: string, at: number) =>
  new Webhook(key).sign(id, new Date(at * 1000), body.toString());
export const good = (at = nowSeconds) => sign(secret, at);
export const bad = (at = nowSeconds) => sign(otherSecret, at);

export const aDelivery = ({
  bytes = body,
  at = nowSeconds,
  headers = {} as Record<string, string | undefined>,
} = {}) => ({
  body: bytes,
  headers: {
    'svix-id': id,
    'svix-timestamp': String(at),
    'svix-signature': good(at),
    ...headers,
  },
  receivedAt: now,
  trace: 'trace',
});
type TestDelivery = ReturnType<typeof aDelivery>;

export const verifySignature = (delivery: TestDelivery, value = secret) =>
  verifyResendSignature(delivery, [{ version: 'AWSCURRENT', value }]);

const { webhooks } = new Resend('re_unused');

/** Returns the common result of the packages resend and standardwebhooks, which read the clock. */
export function officialPackagesAccept(
  { body: bytes, headers }: TestDelivery,
  key = secret,
): boolean {
  const webhookId = headers['svix-id'] ?? '';
  const timestamp = headers['svix-timestamp'] ?? '';
  const signature = headers['svix-signature'] ?? '';
  const standard = {
    'webhook-id': webhookId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  };
  const payload = bytes.toString();
  const accepts = (verify: () => unknown) => {
    try {
      verify();
      return true;
    } catch {
      return false;
    }
  };
  const results = [
    accepts(() => new Webhook(key).verify(bytes, standard)),
    accepts(() =>
      webhooks.verify({
        payload,
        headers: { id: webhookId, timestamp, signature },
        webhookSecret: key,
      }),
    ),
  ];
  expect(new Set(results).size).toBe(1);
  return results[0] === true;
}
