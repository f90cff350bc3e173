import type { SecretVersion, SigningSecret } from '../platform/aws/secrets.ts';
import { type HmacKey, hmacKey } from '../runtime/hmac.ts';

export interface SigningKey {
  readonly version: SecretVersion;
  readonly key: HmacKey;
}

/** Keys of secrets, made once for a list of them: it is read once for many deliveries. @throws what `bytesOf` throws. */
export function signingKeys(
  bytesOf: (secret: string) => Buffer,
): (secrets: readonly SigningSecret[]) => readonly SigningKey[] {
  const known = new WeakMap<readonly SigningSecret[], readonly SigningKey[]>();
  return (secrets) => {
    const made = known.get(secrets);
    if (made !== undefined) return made;
    const keys = secrets.map(({ version, value }) => ({ version, key: hmacKey(bytesOf(value)) }));
    known.set(secrets, keys);
    return keys;
  };
}
