import { generateKeyPairSync, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { providers } from '../../lambdas/catalog/providers.ts';
import { registry } from '../../lambdas/providers/registry.ts';

const LOWER_CASE = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MIXED_CASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE58 = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789';

/** Generates a secret in the format of its provider. @param path Name without project and stage. */
export function generateSecret(path: string): string {
  if (path === 'mux/playback-signing-key') return JSON.stringify(playbackSigningKey());
  if (/^mux\/(?:webhooks-|reconcile-)?api-token$/.test(path))
    return JSON.stringify({ tokenId: randomUUID(), tokenSecret: randomText(LOWER_CASE, 75) });
  const provider = providers.find((name) => path === `${name}/webhook-signing-secret`);
  if (provider !== undefined) return registry[provider].signature.formatSecret(randomBytes(24));
  if (path === 'resend/api-key' || path === 'resend/webhooks-api-key')
    return `re_${randomText(BASE58, 8)}_local`;
  if (path === 'portal-api/response-secret') return randomText(MIXED_CASE, 64);
  return randomText(LOWER_CASE, 32);
}

function playbackSigningKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  return {
    keyId: randomText(MIXED_CASE, 46),
    privateKey: Buffer.from(pem).toString('base64'),
  };
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
