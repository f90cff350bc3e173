import type { IdentifyEvent } from '../../../lambdas/webhooks/ingest/delivery.ts';
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
} from '../../../lambdas/webhooks/ingest/verify-signature.ts';

/** Verifies `Acme-Signature: <hex HMAC-SHA256 of "<Acme-Timestamp>:<body>">`. */
export const verifyAcmeSignature: VerifySignature = (delivery, secrets) => {
  const keys = decodeSecrets(secrets, decodeAcmeSecret);
  const { 'acme-timestamp': timestamp, 'acme-signature': signature } = delivery.headers;
  if (!timestamp || !signature) return rejectSignature('missing-signature');
  if (!isUnixTime(timestamp)) return rejectSignature('malformed-signature');
  return checkSignature(delivery, {
    timestamp,
    candidates: [signature],
    keys,
    expected: (key) => hmacSha256(key, `${timestamp}:`, delivery.body, 'hex'),
  });
};

export const signAcmeEvent: SignEvent = ({ eventId, eventType, at, data = {} }, secret) => {
  const body = JSON.stringify({ event: { id: eventId, kind: eventType }, payload: data });
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = hmacSha256(decodeAcmeSecret(secret), `${timestamp}:`, body, 'hex');
  return { body, headers: { 'acme-timestamp': timestamp, 'acme-signature': signature } };
};

export const identifyAcmeEvent: IdentifyEvent = ({ document }) => {
  const { id, kind } = Object(document['event']);
  return { eventId: id, eventType: kind };
};

export const decodeAcmeSecret: DecodeSecret = (secret) => {
  if (!/^acme-[0-9a-f]{48}$/.test(secret))
    throw new InvalidSecretError('acme- followed by 24 bytes in hexadecimal');
  return Buffer.from(secret);
};
