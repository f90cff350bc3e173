import type { Delivery, IdentifyEvent } from '../../webhooks/ingest/delivery.ts';
import {
  checkSignature,
  type DecodeSecret,
  decodeSecrets,
  hmacSha256,
  InvalidSecretError,
  isUnixTime,
  rejectSignature,
  type SignEvent,
  type VerifySignature,
} from '../../webhooks/ingest/verify-signature.ts';

/**
 * Verifies Svix's scheme: `svix-signature: v1,<base64 HMAC-SHA256 of
 * "<svix-id>.<svix-timestamp>.<body>">`, also under the header names of Standard Webhooks. The
 * header holds several signatures separated by spaces: Resend signs with both secrets for 24 h
 * after a rotation. Stricter than standardwebhooks: the timestamp is a plain number of seconds.
 */
export const verifyResendSignature: VerifySignature = (delivery, secrets) => {
  // Decoded before the headers are read: an unusable secret must never look like a forgery.
  const keys = decodeSecrets(secrets, decodeSvixSecret);
  const signed = signatureHeaders(delivery.headers);
  if (signed === undefined) return rejectSignature('missing-signature');
  const { id, timestamp, signatures } = signed;
  if (!isUnixTime(timestamp)) return rejectSignature('malformed-signature');
  const prefix = `${id}.${timestamp}.`;
  return checkSignature(delivery, {
    timestamp,
    candidates: signatures.split(' ').flatMap(signatureOfVersion1),
    keys,
    expected: (key) => hmacSha256(key, prefix, delivery.body, 'base64'),
  });
};

export const signResendEvent: SignEvent = ({ eventId, eventType, at, data = {} }, secret) => {
  const body = JSON.stringify({ type: eventType, created_at: at.toISOString(), data });
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = decodeSvixSecret(secret);
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
 * Reads the id from the headers that are signed. The id stays the same over retries and replays;
 * the body has no id.
 */
export const identifyResendEvent: IdentifyEvent = ({ headers, document }) => ({
  eventId: signatureHeaders(headers)?.id,
  eventType: document['type'],
});

/**
 * Prefixes of the header names, the one that Resend uses first. Svix sends the other to customers
 * who hide its name: https://www.standardwebhooks.com
 */
const headerFamilies = ['svix', 'webhook'] as const;

interface SignatureHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: string;
}

/** Returns the first complete family. Headers of two families never complete each other. */
function signatureHeaders(headers: Delivery['headers']): SignatureHeaders | undefined {
  for (const family of headerFamilies) {
    const id = headers[`${family}-id`];
    const timestamp = headers[`${family}-timestamp`];
    const signatures = headers[`${family}-signature`];
    if (id && timestamp && signatures) return { id, timestamp, signatures };
  }
  return undefined;
}

function signatureOfVersion1(item: string): string[] {
  const [version, signature] = item.split(',');
  return version === 'v1' && signature ? [signature] : [];
}

// Length of a key: https://github.com/standard-webhooks/standard-webhooks (symmetric signatures)
const MINIMUM_BYTES = 24;
const MAXIMUM_BYTES = 64;

/**
 * Decodes `whsec_<base64>`. Buffer decodes any text as base64 and skips what it cannot read, so a
 * damaged secret would become another key, perhaps an empty one that a forger has too. Only the
 * text that encodes the key again is accepted.
 */
export const decodeSvixSecret: DecodeSecret = (secret) => {
  const text = secret.replace(/^whsec_/, '');
  const key = Buffer.from(text, 'base64');
  const isCanonical = key.toString('base64') === text;
  if (!isCanonical || key.length < MINIMUM_BYTES || key.length > MAXIMUM_BYTES)
    throw new InvalidSecretError(
      `whsec_ followed by base64 of ${MINIMUM_BYTES} to ${MAXIMUM_BYTES} bytes`,
    );
  return key;
};
