import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What only its caller knows; Postgres has nothing but a hash of it. */
export interface SealKey {
  readonly operation: string;
  readonly caller: string;
  readonly key: string;
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * An answer is kept so that it can be given again, and holds what must not be read in Postgres: a share link's token, an
 * upload's URL. So it is encrypted with the caller's own idempotency key: whoever repeats the request can have it.
 */
export function seal(text: string, key: SealKey): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, derive(key, salt), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** @throws where it was sealed with another key, or changed since. */
export function unseal(sealed: string, key: SealKey): string {
  const bytes = Buffer.from(sealed, 'base64');
  const salt = bytes.subarray(0, SALT_BYTES);
  const iv = bytes.subarray(SALT_BYTES, SALT_BYTES + IV_BYTES);
  const decipher = createDecipheriv(CIPHER, derive(key, salt), iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(SALT_BYTES + IV_BYTES, SALT_BYTES + IV_BYTES + TAG_BYTES));
  const text = decipher.update(bytes.subarray(SALT_BYTES + IV_BYTES + TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}

/** https://www.rfc-editor.org/rfc/rfc5869 */
function derive({ operation, caller, key }: SealKey, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, JSON.stringify([operation, caller]), 32));
}
