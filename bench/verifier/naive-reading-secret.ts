import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { makeHandler } from './naive-handler.ts';

// As long as ours.
const CACHE_SECONDS = 300;

/** With the secret from Secrets Manager, by Powertools, which has the SDK's client for it. */
export const handler = makeHandler(async () => {
  const secret = await getSecret(process.env['SIGNING_SECRET_ID'] ?? '', { maxAge: CACHE_SECONDS });
  return secret?.toString();
});
