import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery, Identify, Verdict, Verify } from '../../pipeline/delivery.ts';

/** As in @mux/mux-node; unlike it, a timestamp may not lie in the future either. */
const TOLERANCE_SECONDS = 300;

/**
 * `Mux-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, where any of several v1 may match.
 * Stricter than @mux/mux-node: `t` must be a plain number of seconds, at most 300 s ahead, and the same wherever it is repeated.
 */
export const verifyMuxSignature: Verify = (delivery, secrets) => {
  const header = delivery.headers['mux-signature'];
  if (!header) return refuse('missing-signature');
  const signature = parse(header);
  if (signature === undefined) return refuse('malformed-signature');

  const { timestamp, candidates } = signature;
  const secret = secrets.find(({ value }) => matches(candidates, expected(value, timestamp, delivery.body)));
  if (secret === undefined) return refuse('signature-mismatch');

  const ageSeconds = age(delivery, timestamp);
  if (ageSeconds > TOLERANCE_SECONDS) return refuse('stale-timestamp');
  if (ageSeconds < -TOLERANCE_SECONDS) return refuse('future-timestamp');
  return { genuine: true, secretVersion: secret.version };
};

/** Mux's id is shaped like a UUID and is none; it stays the same when the event is delivered again. */
export const identifyMuxEvent: Identify = ({ document }) => ({ eventId: document['id'], eventType: document['type'] });

const refuse = (reason: Extract<Verdict, { genuine: false }>['reason']): Verdict => ({ genuine: false, reason });

// No sign, no leading zero, nothing behind: Mux signs the number, so only its own spelling can be compared as text.
const wholeSeconds = /^(?:0|[1-9]\d{0,14})$/;

function parse(header: string): { timestamp: string; candidates: string[] } | undefined {
  const pairs = header.split(',').map((item) => item.split('='));
  const valuesOf = (name: string) => pairs.filter(([key]) => key === name).map(([, value = '']) => value);
  const [timestamp = '', ...repeated] = valuesOf('t');
  const candidates = valuesOf('v1');
  const unambiguous = wholeSeconds.test(timestamp) && repeated.every((other) => other === timestamp);
  return unambiguous && candidates.length > 0 ? { timestamp, candidates } : undefined;
}

function expected(secret: string, timestamp: string, body: Buffer): Buffer {
  return Buffer.from(createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'));
}

// Compared as text, so that upper-case digits do not match; of the candidates only their length shows in the time taken.
function matches(candidates: readonly string[], wanted: Buffer): boolean {
  return candidates
    .map((candidate) => Buffer.from(candidate))
    .some((candidate) => candidate.length === wanted.length && timingSafeEqual(candidate, wanted));
}

function age({ receivedAt }: Delivery, timestamp: string): number {
  return Math.floor(receivedAt.getTime() / 1000) - Number(timestamp);
}
