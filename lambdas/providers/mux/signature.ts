import { signingKeys } from '../../pipeline/signing-keys.ts';
import { hmacKey, hmacSha256 } from '../../runtime/hmac.ts';
import type { Identify, SignEvent, Verify } from '../../webhooks/ingest/delivery.ts';
import { isUnixTime, refuse, verdictOn } from '../../webhooks/ingest/verify-signature.ts';

/**
 * `Mux-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, where any of several v1 may match.
 * Stricter than @mux/mux-node: `t` must be a plain number of seconds, at most 300 s ahead, and the same wherever it is repeated.
 */
export const verifyMuxSignature: Verify = (delivery, secrets) => {
  const header = delivery.headers['mux-signature'];
  if (!header) return refuse('missing-signature');
  const signature = parse(header);
  if (signature === undefined) return refuse('malformed-signature');
  const prefix = `${signature.timestamp}.`;
  return verdictOn(delivery, {
    ...signature,
    keys: keysOf(secrets),
    expected: ({ key }) => hmacSha256(key, prefix, delivery.body, 'hex'),
  });
};

export const signMuxEvent: SignEvent = ({ eventId, eventType, at }, secret) => {
  const body = JSON.stringify({
    type: eventType,
    id: eventId,
    created_at: at.toISOString(),
    data: {},
  });
  const t = Math.floor(at.getTime() / 1000);
  const v1 = hmacSha256(hmacKey(Buffer.from(secret)), `${t}.`, body, 'hex');
  return { body, headers: { 'mux-signature': `t=${t},v1=${v1}` } };
};

const keysOf = signingKeys((secret) => Buffer.from(secret));

/** Mux's id is shaped like a UUID and is none; it stays the same when the event is delivered again. */
export const identifyMuxEvent: Identify = ({ document }) => ({
  eventId: document['id'],
  eventType: document['type'],
});

function parse(header: string): { timestamp: string; candidates: string[] } | undefined {
  const pairs = header.split(',').map((item) => item.split('='));
  const valuesOf = (name: string) =>
    pairs.filter(([key]) => key === name).map(([, value = '']) => value);
  const [timestamp = '', ...repeated] = valuesOf('t');
  const candidates = valuesOf('v1');
  const unambiguous = isUnixTime(timestamp) && repeated.every((other) => other === timestamp);
  return unambiguous && candidates.length > 0 ? { timestamp, candidates } : undefined;
}
