import type { IdentifyEvent } from '../../webhooks/ingest/delivery.ts';
import {
  checkSignature,
  hmacSha256,
  isUnixTime,
  rejectSignature,
  type SignEvent,
  type VerifySignature,
} from '../../webhooks/ingest/verify-signature.ts';

/**
 * Verifies Svix's scheme: `svix-signature: v1,<base64 HMAC-SHA256 of
 * "<svix-id>.<svix-timestamp>.<body>">`. The header holds several signatures separated by spaces:
 * Resend signs with both secrets for 24 h after a rotation. Stricter than standardwebhooks: the
 * timestamp must be a plain number of seconds.
 */
export const verifyResendSignature: VerifySignature = (delivery, secrets) => {
  // Decoded before the headers are read: an unusable secret must never look like a forgery.
  const keys = secrets.map(({ version, value }) => ({ version, bytes: decodeSecret(value) }));
  const {
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': signatures,
  } = delivery.headers;
  if (!id || !timestamp || !signatures) return rejectSignature('missing-signature');
  if (!isUnixTime(timestamp)) return rejectSignature('malformed-signature');
  const prefix = `${id}.${timestamp}.`;
  return checkSignature(delivery, {
    timestamp,
    candidates: signatures.split(' ').flatMap(signatureOfVersion1),
    keys,
    expected: (key) => hmacSha256(key, prefix, delivery.body, 'base64'),
  });
};

export const signResendEvent: SignEvent = ({ eventId, eventType, at }, secret) => {
  const body = JSON.stringify({ type: eventType, created_at: at.toISOString(), data: {} });
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = decodeSecret(secret);
  const signature = hmacSha256(key, `${eventId}.${timestamp}.`, body, 'base64');
  return {
    body,
    headers: {
      'svix-id': eventId,
      'svix-timestamp': timestamp,
      'svix-signature': `v1,${signature}`,
    },
  };
};

/**
 * Reads the id from `svix-id`, which stays the same over retries and replays; the body has no id.
 */
export const identifyResendEvent: IdentifyEvent = ({ headers, document }) => ({
  eventId: headers['svix-id'],
  eventType: document['type'],
});

function signatureOfVersion1(item: string): string[] {
  const [version, signature] = item.split(',');
  return version === 'v1' && signature ? [signature] : [];
}

// Buffer decodes any text as base64 and skips invalid characters: a damaged secret would become
// another key.
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

function decodeSecret(secret: string): Buffer {
  const text = secret.replace(/^whsec_/, '');
  if (!base64.test(text)) throw new Error('The signing secret is not whsec_ followed by base64.');
  return Buffer.from(text, 'base64');
}
