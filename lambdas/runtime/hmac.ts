import { createHash, hash } from 'node:crypto';

/** A secret as HMAC-SHA-256 needs it; made once for many texts. */
export interface HmacKey {
  readonly innerPad: Uint8Array;
  /** And, behind it, room for the inner hash. */
  readonly outerPad: Buffer;
}

// RFC 2104: SHA-256 works on blocks of 64 bytes and gives 32.
const BLOCK = 64;
const DIGEST = 32;

export function hmacKey(secret: Buffer): HmacKey {
  const block = Buffer.alloc(BLOCK);
  block.set(secret.length > BLOCK ? hash('sha256', secret, 'buffer') : secret);
  return {
    innerPad: block.map((byte) => byte ^ 0x36),
    outerPad: Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(DIGEST)]),
  };
}

/**
 * The HMAC-SHA-256 of the prefix and the body behind it, texts as UTF-8: what createHmac gives.
 * Two hashes at one call each take 1.9 µs for 1.8 KB where createHmac takes 3.1; the rest of a verification takes 1.3.
 */
export function hmacSha256(
  { innerPad, outerPad }: HmacKey,
  prefix: string,
  body: string | Buffer,
  encoding: 'hex' | 'base64',
): string {
  outerPad.write(innerHash(innerPad, prefix, body), BLOCK, 'binary');
  return hash('sha256', outerPad, encoding);
}

// A UTF-16 unit takes at most three bytes of UTF-8: this is enough for any text of 21,000 letters.
const scratch = Buffer.allocUnsafe(64 * 1024);
const BYTES_PER_UNIT = 3;

function innerHash(innerPad: Uint8Array, prefix: string, body: string | Buffer): string {
  if (BLOCK + BYTES_PER_UNIT * (prefix.length + body.length) > scratch.length)
    return createHash('sha256').update(innerPad).update(prefix).update(body).digest('binary');
  scratch.set(innerPad);
  const start = BLOCK + scratch.write(prefix, BLOCK);
  const end =
    start + (typeof body === 'string' ? scratch.write(body, start) : body.copy(scratch, start));
  return hash('sha256', scratch.subarray(0, end), 'binary');
}
