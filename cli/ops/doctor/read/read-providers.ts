import Mux from '@mux/mux-node';
import * as z from 'zod';
import { parseJson } from '../../../../lambdas/platform/json.ts';
import { openMuxWebhooks } from '../../../../lambdas/signing-secrets/mux-webhooks-api.ts';
import { openResendWebhooks } from '../../../../lambdas/signing-secrets/resend-webhooks-api.ts';
import type { Endpoint } from '../checks/operation-checks.ts';

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

/** Lists the webhooks at each provider that lead to the URL, by the name of the provider. */
export const readEndpoints: Readonly<
  Record<string, (key: string, url: string) => Promise<readonly Endpoint[]>>
> = {
  mux: (key, address) => openMuxWebhooks({ apiToken: async () => key, address }).list(),
  resend: async (key, address) =>
    (await openResendWebhooks({ apiKey: async () => key, address }).list()).map(({ id }) => ({
      id,
      enabled: true,
    })),
};
