import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import {
  type EvidenceSigner,
  evidenceAlgorithm,
  type FetchPublicKey,
  parsePublicKey,
} from '../evidence-signature.ts';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';

const LIMITS: CallLimits = { attempts: 3, attemptMs: 5_000 };

export function openEvidenceSigner(keyId: string, limits = LIMITS): EvidenceSigner {
  const client = new KMSClient(clientLimits(limits));
  return {
    keyId,
    async sign(hash) {
      const command = new SignCommand({
        KeyId: keyId,
        // KMS signs at most 4,096 bytes of a message, but the hash of a message of any size.
        MessageType: 'DIGEST',
        Message: Buffer.from(hash, 'hex'),
        SigningAlgorithm: evidenceAlgorithm,
      });
      const { Signature } = await client.send(command, callDeadline(limits));
      if (Signature === undefined) throw new Error('KMS answered without a signature.');
      return Signature;
    },
  };
}

/** Opens both halves of the key, for a function that signs. */
export const openEvidenceKey = (keyId: string, limits = LIMITS) => ({
  signer: openEvidenceSigner(keyId, limits),
  publicKey: openEvidencePublicKey(keyId, limits),
});

/** Fetches the public key once for the life of the process: it never changes. */
export function openEvidencePublicKey(keyId: string, limits = LIMITS): FetchPublicKey {
  const client = new KMSClient(clientLimits(limits));
  let fetched: ReturnType<FetchPublicKey> | undefined;
  return () => {
    fetched ??= fetchPublicKey(client, keyId, limits).catch((error: unknown) => {
      fetched = undefined;
      throw error;
    });
    return fetched;
  };
}

async function fetchPublicKey(client: KMSClient, keyId: string, limits: CallLimits) {
  const command = new GetPublicKeyCommand({ KeyId: keyId });
  const { PublicKey } = await client.send(command, callDeadline(limits));
  if (PublicKey === undefined) throw new Error('KMS answered without a public key.');
  return parsePublicKey(PublicKey);
}
