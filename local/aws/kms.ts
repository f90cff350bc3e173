import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AwsOperationResult } from './secrets-manager.ts';

/** Private keys by the id or ARN of the key. */
export interface LocalKeys {
  privateKey(keyId: string): KeyObject;
}

const KEY_BITS = 3_072;

/** Keeps each key in a file, so that signatures of an earlier run stay valid. */
export function openKeys(directory: string): LocalKeys {
  const opened = new Map<string, KeyObject>();
  return {
    privateKey(keyId) {
      const name = keyId.replace(/^.*\//, '').replace(/[^\w-]/g, '_');
      const key = opened.get(name) ?? readOrGenerate(join(directory, `${name}.pem`));
      opened.set(name, key);
      return key;
    },
  };
}

function readOrGenerate(file: string): KeyObject {
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  return privateKey;
}

const signInput = z.object({
  KeyId: z.string(),
  Message: z.base64(),
  MessageType: z.literal('DIGEST'),
  SigningAlgorithm: z.literal('RSASSA_PKCS1_V1_5_SHA_256'),
});
const publicKeyInput = z.object({ KeyId: z.string() });

// DigestInfo of SHA-256: https://www.rfc-editor.org/rfc/rfc8017#section-9.2
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const DIGEST_BYTES = 32;

/**
 * Implements the operations of an asymmetric key that functions call.
 * https://docs.aws.amazon.com/kms/latest/APIReference/
 */
export function makeKms(
  keys: LocalKeys,
): Readonly<Record<string, (input: unknown) => AwsOperationResult>> {
  return {
    'TrentService.Sign': withInput(signInput, ({ KeyId, Message, SigningAlgorithm }) => {
      const digest = Buffer.from(Message, 'base64');
      if (digest.length !== DIGEST_BYTES)
        return validationError(`Digest is invalid length for algorithm ${SigningAlgorithm}.`);
      // Node signs messages, not digests. Encrypting the padded digest is the same operation.
      const signature = privateEncrypt(
        { key: keys.privateKey(KeyId), padding: constants.RSA_PKCS1_PADDING },
        Buffer.concat([DIGEST_INFO, digest]),
      );
      return { output: { KeyId, Signature: signature.toString('base64'), SigningAlgorithm } };
    }),
    'TrentService.GetPublicKey': withInput(publicKeyInput, ({ KeyId }) => {
      const der = createPublicKey(keys.privateKey(KeyId)).export({ format: 'der', type: 'spki' });
      return {
        output: {
          KeyId,
          PublicKey: der.toString('base64'),
          KeySpec: `RSA_${KEY_BITS}`,
          KeyUsage: 'SIGN_VERIFY',
          SigningAlgorithms: ['RSASSA_PKCS1_V1_5_SHA_256'],
        },
      };
    }),
  };
}

const withInput =
  <Schema extends z.ZodType>(
    schema: Schema,
    operation: (input: z.infer<Schema>) => AwsOperationResult,
  ) =>
  (input: unknown): AwsOperationResult => {
    const { success, data, error } = schema.safeParse(input);
    return success ? operation(data) : validationError(z.prettifyError(error));
  };

const validationError = (message: string): AwsOperationResult => ({
  errorType: 'ValidationException',
  message,
});
