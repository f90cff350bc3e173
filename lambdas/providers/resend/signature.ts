import { signingKeys } from '../../pipeline/signing-keys.ts';
import { hmacKey, hmacSha256 } from '../../runtime/hmac.ts';
import type { Identify, SignEvent, Verify } from '../../webhooks/ingest/delivery.ts';
import { isUnixTime, refuse, verdictOn } from '../../webhooks/ingest/verify-signature.ts';

/**
 * Svix's scheme: `svix-signature: v1,<base64 HMAC-SHA256 of "<svix-id>.<svix-timestamp>.<body>">`, several of them
 * separated by spaces, since Resend signs with both secrets for 24 h after a rotation.
 * Stricter than standardwebhooks: the timestamp must be a plain number of seconds.
 */
export const verifyResendSignature: Verify = (delivery, secrets) => {
  const keys = keysOf(secrets);
  const {
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': signatures,
  } = delivery.headers;
  if (!id || !timestamp || !signatures) return refuse('missing-signature');
  if (!isUnixTime(timestamp)) return refuse('malformed-signature');
  const prefix = `${id}.${timestamp}.`;
  return verdictOn(delivery, {
    timestamp,
    candidates: signatures.split(' ').flatMap(signatureOfVersion1),
    keys,
    expected: ({ key }) => hmacSha256(key, prefix, delivery.body, 'base64'),
  });
};

export const signResendEvent: SignEvent = ({ eventId, eventType, at }, secret) => {
  const body = JSON.stringify({ type: eventType, created_at: at.toISOString(), data: {} });
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = hmacSha256(
    hmacKey(bytesOf(secret)),
    `${eventId}.${timestamp}.`,
    body,
    'base64',
  );
  return {
    body,
    headers: {
      'svix-id': eventId,
      'svix-timestamp': timestamp,
      'svix-signature': `v1,${signature}`,
    },
  };
};

/** The body has no id of its own; `svix-id` stays the same over retries and replays. */
export const identifyResendEvent: Identify = ({ headers, document }) => ({
  eventId: headers['svix-id'],
  eventType: document['type'],
});

function signatureOfVersion1(item: string): string[] {
  const [version, signature] = item.split(',');
  return version === 'v1' && signature ? [signature] : [];
}

// Buffer reads any text as base64 and drops what it does not understand: a damaged secret would become another key.
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

function bytesOf(secret: string): Buffer {
  const text = secret.replace(/^whsec_/, '');
  if (!base64.test(text)) throw new Error('The signing secret is not whsec_ followed by base64.');
  return Buffer.from(text, 'base64');
}

const keysOf = signingKeys(bytesOf);
