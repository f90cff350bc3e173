import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

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

/** Marks responses that are encrypted with the server's secret. Base64 contains no dot. */
const V2_PREFIX = 'v2.';

/**
 * Encrypts a stored response with the server's secret and the caller's idempotency key. A replay
 * needs the response, but it contains values that must not be readable in Postgres: a share link's
 * token, an upload's URL. A guessed key without the secret decrypts nothing, and neither does the
 * secret without the key.
 */
export function encryptResponse(text: string, context: EncryptionContext, secret: string): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const key = deriveKey(combine(secret, context.key), context, salt);
  const cipher = createCipheriv(CIPHER, key, iv);
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const bytes = Buffer.concat([salt, iv, cipher.getAuthTag(), encrypted]);
  return `${V2_PREFIX}${bytes.toString('base64')}`;
}

/**
 * Decrypts with each of the secrets.
 * @returns undefined if no secret decrypts the text, or if the context differs or the text changed.
 */
export function decryptResponse(
  encrypted: string,
  context: EncryptionContext,
  secrets: readonly string[],
): string | undefined {
  if (!encrypted.startsWith(V2_PREFIX)) return decryptWith(encrypted, context, context.key);
  const text = encrypted.slice(V2_PREFIX.length);
  for (const secret of secrets) {
    const decrypted = decryptWith(text, context, combine(secret, context.key));
    if (decrypted !== undefined) return decrypted;
  }
  return undefined;
}

/**
 * Decrypts a text of any form. Texts without the prefix are older than the server's secret; their
 * records expire after `idempotencyKeyHours`, so the deploy after that can remove this form.
 */
function decryptWith(
  encrypted: string,
  context: EncryptionContext,
  keyMaterial: string | Buffer,
): string | undefined {
  const bytes = Buffer.from(encrypted, 'base64');
  const ivStart = SALT_BYTES;
  const tagStart = ivStart + IV_BYTES;
  const textStart = tagStart + TAG_BYTES;
  const key = deriveKey(keyMaterial, context, bytes.subarray(0, ivStart));
  try {
    const iv = bytes.subarray(ivStart, tagStart);
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(tagStart, textStart));
    const text = decipher.update(bytes.subarray(textStart));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

const combine = (secret: string, key: string): Buffer =>
  createHmac('sha256', secret).update(key).digest();

/** Derives the AES key with HKDF: https://www.rfc-editor.org/rfc/rfc5869 */
function deriveKey(
  keyMaterial: string | Buffer,
  { operation, caller }: EncryptionContext,
  salt: Buffer,
): Buffer {
  return Buffer.from(
    hkdfSync('sha256', keyMaterial, salt, JSON.stringify([operation, caller]), 32),
  );
}
