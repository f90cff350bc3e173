import type { IdentifyEvent } from '../../webhooks/ingest/delivery.ts';
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
 * Verifies `Mux-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, with one or more
 * `v1`. Stricter than @mux/mux-node: `t` must be a plain number of seconds, at most 300 s ahead,
 * and equal wherever repeated.
 */
export const verifyMuxSignature: VerifySignature = (delivery, secrets) => {
  // Decoded before the header is read: an unusable secret must never look like a forgery.
  const keys = decodeSecrets(secrets, decodeMuxSecret);
  const header = delivery.headers['mux-signature'];
  if (!header) return rejectSignature('missing-signature');
  const signature = parseHeader(header);
  if (signature === undefined) return rejectSignature('malformed-signature');
  const prefix = `${signature.timestamp}.`;
  return checkSignature(delivery, {
    timestamp: signature.timestamp,
    candidates: signature.candidates,
    keys,
    expected: (key) => hmacSha256(key, prefix, delivery.body, 'hex'),
  });
};

export const signMuxEvent: SignEvent = ({ eventId, eventType, at, data = {} }, secret) => {
  const body = JSON.stringify({
    type: eventType,
    id: eventId,
    created_at: at.toISOString(),
    data,
  });
  const t = Math.floor(at.getTime() / 1000);
  const v1 = hmacSha256(decodeMuxSecret(secret), `${t}.`, body, 'hex');
  return { body, headers: { 'mux-signature': `t=${t},v1=${v1}` } };
};

/**
 * Reads the id from the body. Mux repeats the id when it delivers the event again; it is not a
 * valid UUID.
 */
export const identifyMuxEvent: IdentifyEvent = ({ document }) => ({
  eventId: document['id'],
  eventType: document['type'],
});

function parseHeader(header: string): { timestamp: string; candidates: string[] } | undefined {
  const pairs = header.split(',').map((item) => item.split('='));
  const valuesOf = (name: string) =>
    pairs.filter(([key]) => key === name).map(([, value = '']) => value);
  const [timestamp = '', ...repeated] = valuesOf('t');
  const candidates = valuesOf('v1');
  const unambiguous = isUnixTime(timestamp) && repeated.every((other) => other === timestamp);
  return unambiguous && candidates.length > 0 ? { timestamp, candidates } : undefined;
}

// Mux issues 32 letters and digits and documents no length. 24 of them are as hard to guess as a
// key of 124 bits.
const MINIMUM_CHARACTERS = 24;

// Characters of JSON, which somebody may have stored instead of the secret alone.
const plainAscii = /^[\x20-\x7e]+$/;
const partOfJson = /["'\\{}]/;

/** The characters of the secret are the key. */
export const decodeMuxSecret: DecodeSecret = (secret) => {
  if (secret.length < MINIMUM_CHARACTERS || !plainAscii.test(secret) || partOfJson.test(secret))
    throw new InvalidSecretError(
      `the plain text that Mux issues: at least ${MINIMUM_CHARACTERS} characters`,
    );
  return Buffer.from(secret);
};
