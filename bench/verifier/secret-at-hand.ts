import type { FetchSecret } from '../../lambdas/platform/secret-cache.ts';

/** In the place of the verifier's own: what it reads is in its environment, as naive with its secret at hand has it. */
export const fetchSecretValue: FetchSecret = async (_, version) =>
  version === 'AWSCURRENT' ? process.env['MUX_WEBHOOK_SECRET'] : undefined;
