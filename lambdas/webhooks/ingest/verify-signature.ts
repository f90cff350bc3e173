import { timingSafeEqual } from 'node:crypto';
import type { SigningKey } from '../../pipeline/signing-keys.ts';
import type { Delivery, SignatureFault, Verdict } from './delivery.ts';

/** As in @mux/mux-node and standardwebhooks. What counts is when the delivery was signed, not when the event happened. */
const TOLERANCE_SECONDS = 300;

// No sign, no leading zero, nothing behind: the number is signed, so only the signer's own spelling can be compared.
const wholeSeconds = /^(?:0|[1-9]\d{0,14})$/;

export const isUnixTime = (text: string): boolean => wholeSeconds.test(text);

export const refuse = (reason: SignatureFault): Verdict => ({ genuine: false, reason });

export interface Signed {
  readonly timestamp: string;
  /** As they came; any of them may match. */
  readonly candidates: readonly string[];
  readonly keys: readonly SigningKey[];
  /** What the signature is where this key made it. */
  readonly expected: (key: SigningKey) => string;
}

/** Age comes last: what is not genuine is a mismatch, however old it says it is. */
export function verdictOn(
  { receivedAt }: Delivery,
  { timestamp, candidates, keys, expected }: Signed,
): Verdict {
  const key = keys.find((one) => matches(candidates, expected(one)));
  if (key === undefined) return refuse('signature-mismatch');
  const ageSeconds = Math.floor(receivedAt.getTime() / 1000) - Number(timestamp);
  if (ageSeconds > TOLERANCE_SECONDS) return refuse('stale-timestamp');
  if (ageSeconds < -TOLERANCE_SECONDS) return refuse('future-timestamp');
  return { genuine: true, secretVersion: key.version };
}

// Compared as text, so that another spelling of the same bytes does not match; of the candidates only their length
// shows in the time taken.
function matches(candidates: readonly string[], expected: string): boolean {
  // Made here, of letters and digits: any encoding would do, and this one is the cheapest to write.
  const wanted = Buffer.from(expected, 'latin1');
  return candidates.some((candidate) => {
    const given = Buffer.from(candidate);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
