import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/**
 * Algorithm of all evidence signatures. OpenSSL verifies them without this system:
 * `openssl dgst -sha256 -verify public-key.pem -signature report.sig report.json`.
 */
export const evidenceAlgorithm = 'RSASSA_PKCS1_V1_5_SHA_256';

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** Signs evidence. The private key never leaves KMS. */
export interface EvidenceSigner {
  readonly keyId: string;
  /** @param hash SHA-256 of the document, in hexadecimal digits. */
  sign(hash: string): Promise<Uint8Array>;
}

/** Returns the public key, so that signatures are verified without KMS. */
export type FetchPublicKey = () => Promise<EvidencePublicKey>;

export interface EvidencePublicKey {
  /** PEM document, as `openssl` reads it. */
  readonly pem: string;
  /**
   * SHA-256 of the key in DER. A person compares it with the one in a mail or in a contract:
   * `openssl pkey -pubin -in public-key.pem -outform DER | sha256sum`.
   */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/** @throws if the text is not a public key. */
export function parsePublicKey(pemOrDer: string | Uint8Array): EvidencePublicKey {
  const key =
    typeof pemOrDer === 'string'
      ? createPublicKey(pemOrDer)
      : createPublicKey({ key: Buffer.from(pemOrDer), format: 'der', type: 'spki' });
  const der = key.export({ format: 'der', type: 'spki' });
  const pem = key.export({ format: 'pem', type: 'spki' }).toString();
  return { pem, fingerprint: sha256(der), key };
}

export const isSignedBy = (
  { key }: EvidencePublicKey,
  content: string | Uint8Array,
  signature: Uint8Array,
): boolean => verify('sha256', Buffer.from(content), key, signature);
