import { log } from '../platform/logger.ts';
import { SecretNotFoundError, type SecretSource } from '../platform/secret-cache.ts';
import {
  type SecretText,
  type VersionedSecret,
  versionedSecret,
} from '../platform/versioned-secret.ts';
import { decryptResponse, type EncryptionContext, encryptResponse } from './encrypt-response.ts';
import { PortalRequestRejectedError, tryAgain } from './problem.ts';

/** Encrypts and decrypts the stored response of one request. */
export interface ResponseCipher {
  encrypt(response: object): string;
  decrypt(encrypted: string): Promise<string>;
}

/**
 * Opens the cipher before the operation runs, so that an unreadable secret creates nothing.
 * @throws PortalRequestRejectedError
 */
export type OpenResponseCipher = (context: EncryptionContext) => Promise<ResponseCipher>;

/** The generated secret has 64 characters. A shorter one was stored by mistake. */
const MIN_SECRET_LENGTH = 32;

/**
 * Encrypts with the current version of the server's secret, and decrypts with the previous version
 * too. A function that read the secret before a rotation still encrypts with the old version.
 */
export function makeOpenResponseCipher(source: SecretSource): OpenResponseCipher {
  // No pause between reloads: only signed callers can cause one.
  const secret = versionedSecret({ ...source, reloadMs: 0 });
  return async (context) => {
    const current = await readCurrent(secret);
    return {
      encrypt: (response) => encryptResponse(JSON.stringify(response), context, current),
      async decrypt(encrypted) {
        const text = decryptResponse(encrypted, context, [current]);
        return text ?? decryptWithAllVersions(encrypted, context, secret);
      },
    };
  };
}

async function readCurrent(secret: VersionedSecret): Promise<string> {
  const [current] = usable(await secret.current().catch(rejectUnlessMissing));
  if (current === undefined) throw new InvalidResponseSecretError();
  return current;
}

async function decryptWithAllVersions(
  encrypted: string,
  context: EncryptionContext,
  secret: VersionedSecret,
): Promise<string> {
  const { versions, complete } = await secret.reload().catch(rejectUnlessMissing);
  const text = decryptResponse(encrypted, context, usable(versions));
  if (text !== undefined) return text;
  if (!complete) throw new PortalRequestRejectedError(tryAgain);
  log.error('Stored response cannot be decrypted', { command: context.operation });
  throw new PortalRequestRejectedError({
    type: 'response-unreadable',
    detail:
      'The request has taken effect, but its response can no longer be decrypted. ' +
      'Send the request with a new Idempotency-Key.',
  });
}

const usable = (versions: readonly SecretText[]): readonly string[] =>
  versions.map(({ value }) => value).filter(({ length }) => length >= MIN_SECRET_LENGTH);

/** A failed read may succeed later. The cache has logged and counted it. */
function rejectUnlessMissing(error: unknown): never {
  if (error instanceof SecretNotFoundError) throw error;
  throw new PortalRequestRejectedError(tryAgain);
}

/** Configuration fault: the stored text is too short to be the generated secret. */
export class InvalidResponseSecretError extends Error {
  readonly code = 'secret-invalid';

  constructor() {
    super(`The response secret has fewer than ${MIN_SECRET_LENGTH} characters.`);
    this.name = 'InvalidResponseSecretError';
  }
}
