import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Identify, Verdict, Verify } from '../../pipeline/delivery.ts';

/** As in standardwebhooks, both ways. What counts is when the delivery was signed, not when the event happened. */
const TOLERANCE_SECONDS = 300;

/**
 * Svix's scheme: `svix-signature: v1,<base64 HMAC-SHA256 of "<svix-id>.<svix-timestamp>.<body>">`, several of them
 * separated by spaces, since Resend signs with both secrets for 24 h after a rotation.
 * Stricter than standardwebhooks: the timestamp must be a plain number of seconds.
 */
export const verifyResendSignature: Verify = (delivery, secrets) => {
  const keys = secrets.map(({ version, value }) => ({ version, key: signingKey(value) }));
  const { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signatures } = delivery.headers;
  if (!id || !timestamp || !signatures) return refuse('missing-signature');
  if (!wholeSeconds.test(timestamp)) return refuse('malformed-signature');

  const candidates = signatures.split(' ').flatMap((item) => {
    const [version, signature] = item.split(',');
    return version === 'v1' && signature ? [signature] : [];
  });
  const match = keys.find(({ key }) => matches(candidates, expected(key, `${id}.${timestamp}.`, delivery.body)));
  if (match === undefined) return refuse('signature-mismatch');

  const ageSeconds = Math.floor(delivery.receivedAt.getTime() / 1000) - Number(timestamp);
  if (ageSeconds > TOLERANCE_SECONDS) return refuse('stale-timestamp');
  if (ageSeconds < -TOLERANCE_SECONDS) return refuse('future-timestamp');
  return { genuine: true, secretVersion: match.version };
};

/** The body has no id of its own; `svix-id` stays the same over retries and replays. */
export const identifyResendEvent: Identify = ({ headers, document }) => ({
  eventId: headers['svix-id'],
  eventType: document['type'],
});

const refuse = (reason: Extract<Verdict, { genuine: false }>['reason']): Verdict => ({ genuine: false, reason });

const wholeSeconds = /^(?:0|[1-9]\d{0,14})$/;

// Buffer reads any text as base64 and drops what it does not understand: a damaged secret would become another key.
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

function signingKey(secret: string): Buffer {
  const text = secret.replace(/^whsec_/, '');
  if (!base64.test(text)) throw new Error('The signing secret is not whsec_ followed by base64.');
  return Buffer.from(text, 'base64');
}

function expected(key: Buffer, prefix: string, body: Buffer): Buffer {
  return Buffer.from(createHmac('sha256', key).update(prefix).update(body).digest('base64'));
}

function matches(candidates: readonly string[], wanted: Buffer): boolean {
  return candidates
    .map((candidate) => Buffer.from(candidate))
    .some((candidate) => candidate.length === wanted.length && timingSafeEqual(candidate, wanted));
}
