import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { log } from '../../platform/logger.ts';
import type { SecretVersion } from '../../platform/secret-cache.ts';
import type { SecretText } from '../../platform/versioned-secret.ts';
import type { Delivery } from './delivery.ts';

export type SignatureFault =
  | 'missing-signature'
  | 'malformed-signature'
  | 'stale-timestamp'
  | 'future-timestamp'
  | 'signature-mismatch';

export type SignatureResult =
  | { readonly genuine: true; readonly secretVersion: SecretVersion }
  | { readonly genuine: false; readonly reason: SignatureFault };

/**
 * Compares the delivery's signature with those made by each of the secrets.
 * @throws for a damaged current secret, which is a configuration fault and no forgery.
 */
export type VerifySignature = (
  delivery: Delivery,
  secrets: readonly SecretText[],
) => SignatureResult;

/**
 * Signs an event as the provider would sign it.
 * @param event `data` is its content, empty by default.
 * @throws for a secret that cannot be a key.
 */
export type SignEvent = (
  event: {
    readonly eventId: string;
    readonly eventType: string;
    readonly at: Date;
    readonly data?: object;
  },
  secret: string,
) => { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/**
 * Converts a secret to the bytes of its key.
 * @throws InvalidSecretError for every text that the provider cannot have issued.
 */
export type DecodeSecret = (secret: string) => Buffer;

export interface SigningKey {
  readonly version: SecretVersion;
  readonly key: KeyObject;
}

/** Parsed signature headers of one delivery, with the means to verify them. */
export interface SignatureClaim {
  readonly timestamp: string;
  /** Signatures as received; the delivery is genuine if any of them matches. */
  readonly candidates: readonly string[];
  readonly keys: readonly SigningKey[];
  /** Computes the expected signature of the delivery with this key. */
  readonly expected: (key: KeyObject) => string;
}

/** Equals the tolerance of @mux/mux-node and standardwebhooks. */
const TOLERANCE_SECONDS = 300;

// No sign, leading zero or trailing text: the signature covers the timestamp as the sender wrote
// it.
const wholeSeconds = /^(?:0|[1-9]\d{0,14})$/;

export const isUnixTime = (text: string): boolean => wholeSeconds.test(text);

export const rejectSignature = (reason: SignatureFault): SignatureResult => ({
  genuine: false,
  reason,
});

// Secrets are cached for minutes, so each damaged one is logged once for each read.
const loggedSecrets = new WeakSet<SecretText>();

// Secrets are cached for minutes, so each is decoded once. createHmac takes 13 µs with the bytes of
// a key and 3 µs with a KeyObject, for a body of 1.8 KB.
const decodedKeys = new WeakMap<SecretText, KeyObject>();

function keyOf(secret: SecretText, decode: DecodeSecret): KeyObject {
  const known = decodedKeys.get(secret);
  if (known !== undefined) return known;
  const key = createSecretKey(decode(secret.value));
  decodedKeys.set(secret, key);
  return key;
}

/**
 * Decodes the secrets. A damaged previous version is skipped: an operator who stores a wrong text
 * and then corrects it leaves such a version behind.
 * @throws InvalidSecretError for a damaged current version.
 */
export function decodeSecrets(
  secrets: readonly SecretText[],
  decode: DecodeSecret,
): readonly SigningKey[] {
  return secrets.flatMap((secret) => {
    const { version } = secret;
    try {
      return [{ version, key: keyOf(secret, decode) }];
    } catch (error) {
      if (version === 'AWSCURRENT') throw error;
      if (!loggedSecrets.has(secret)) log.warn('Previous signing secret is damaged', { error });
      loggedSecrets.add(secret);
      return [];
    }
  });
}

/** Configuration fault: the stored text is no signing secret. The message never contains it. */
export class InvalidSecretError extends Error {
  readonly code = 'secret-invalid';

  constructor(expected: string) {
    super(`The signing secret is not ${expected}.`);
    this.name = 'InvalidSecretError';
  }
}

/** Computes the HMAC-SHA-256 of the prefix followed by the body; strings are encoded as UTF-8. */
export function hmacSha256(
  key: KeyObject | Buffer,
  prefix: string,
  body: string | Buffer,
  encoding: 'hex' | 'base64',
): string {
  return createHmac('sha256', key).update(prefix).update(body).digest(encoding);
}

/** Checks the age last: a signature that does not match is a mismatch, whatever its timestamp. */
export function checkSignature(
  { receivedAt }: Delivery,
  { timestamp, candidates, keys, expected }: SignatureClaim,
): SignatureResult {
  const found = keys.find(({ key }) => matches(candidates, expected(key)));
  if (found === undefined) return rejectSignature('signature-mismatch');
  const ageSeconds = Math.floor(receivedAt.getTime() / 1000) - Number(timestamp);
  if (ageSeconds > TOLERANCE_SECONDS) return rejectSignature('stale-timestamp');
  if (ageSeconds < -TOLERANCE_SECONDS) return rejectSignature('future-timestamp');
  return { genuine: true, secretVersion: found.version };
}

// Compares the encoded text, so that another spelling of the same bytes does not match.
// The comparison time reveals only the length of a candidate.
function matches(candidates: readonly string[], expected: string): boolean {
  // The expected text is ASCII. Latin-1 is the fastest encoding for it.
  const wanted = Buffer.from(expected, 'latin1');
  return candidates.some((candidate) => {
    const given = Buffer.from(candidate);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
