import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Values that only the caller has together; Postgres stores a hash of the idempotency key. */
export interface EncryptionContext {
  readonly operation: string;
  readonly caller: string;
  readonly key: string;
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a stored response with the caller's idempotency key. A replay needs the response, but
 * it contains values that must not be readable in Postgres: a share link's token, an upload's URL.
 */
export function encryptResponse(text: string, context: EncryptionContext): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, deriveKey(context, salt), iv);
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), encrypted]).toString('base64');
}

/** @throws if the text was encrypted with another context or was changed since. */
export function decryptResponse(encrypted: string, context: EncryptionContext): string {
  const bytes = Buffer.from(encrypted, 'base64');
  const ivStart = SALT_BYTES;
  const tagStart = ivStart + IV_BYTES;
  const textStart = tagStart + TAG_BYTES;
  const key = deriveKey(context, bytes.subarray(0, ivStart));
  const iv = bytes.subarray(ivStart, tagStart);
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(tagStart, textStart));
  const text = decipher.update(bytes.subarray(textStart));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}

/** Derives the AES key with HKDF: https://www.rfc-editor.org/rfc/rfc5869 */
function deriveKey({ operation, caller, key }: EncryptionContext, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, JSON.stringify([operation, caller]), 32));
}
