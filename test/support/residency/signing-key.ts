import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  type EvidencePublicKey,
  type EvidenceSigner,
  parsePublicKey,
} from '../../../lambdas/platform/evidence-signature.ts';
import { makeKms } from '../../../local/aws/kms.ts';

export interface TestKey {
  readonly signer: EvidenceSigner;
  readonly publicKey: EvidencePublicKey;
}

/** Creates a key that signs as KMS does. */
export function aSigningKey(
  keyId = 'arn:aws:kms:ap-southeast-2:000000000000:key/evidence',
): TestKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { signer: signerWith(privateKey, keyId), publicKey: publicKeyOf(privateKey) };
}

function signerWith(privateKey: KeyObject, keyId: string): EvidenceSigner {
  const operation = makeKms({ privateKey: () => privateKey })['TrentService.Sign'];
  return {
    keyId,
    async sign(hash) {
      const result = operation?.({
        KeyId: keyId,
        Message: Buffer.from(hash, 'hex').toString('base64'),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
      });
      if (result === undefined || !('output' in result)) throw new Error('Not signed.');
      const { Signature } = result.output as { readonly Signature: string };
      return Buffer.from(Signature, 'base64');
    },
  };
}

const publicKeyOf = (privateKey: KeyObject) =>
  parsePublicKey(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
