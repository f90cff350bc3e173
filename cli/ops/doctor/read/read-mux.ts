import Mux from '@mux/mux-node';
import * as z from 'zod';
import { parseJson } from '../../../../lambdas/platform/json.ts';

const token = z.object({ tokenId: z.string(), tokenSecret: z.string() });
const signingKey = z.object({ keyId: z.string() });

/**
 * Asks Mux for the playback signing key.
 * @param secret The secret mux/playback-signing-key.
 * @param apiToken The secret mux/webhooks-api-token, which may read System resources.
 */
export async function readMuxSigningKey(
  secret: string,
  apiToken: string,
): Promise<{ readonly keyId: string; readonly exists: boolean }> {
  const { keyId } = signingKey.parse(parseJson(secret));
  const mux = new Mux({ ...token.parse(parseJson(apiToken)), maxRetries: 1, timeout: 8_000 });
  try {
    await mux.system.signingKeys.retrieve(keyId);
    return { keyId, exists: true };
  } catch (error) {
    if (error instanceof Mux.NotFoundError) return { keyId, exists: false };
    throw error;
  }
}
