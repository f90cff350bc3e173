import { type Provider, webhookPath } from '../catalog/providers.ts';
import { listVersions, openRotatedSecret } from '../platform/aws/secret-versions.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import type { Clock } from '../platform/clock.ts';
import { makePlanMuxRotation } from '../signing-secrets/mux-rotation-plan.ts';
import { openMuxWebhooks } from '../signing-secrets/mux-webhooks-api.ts';
import { makePlanResendRotation } from '../signing-secrets/resend-rotation-plan.ts';
import { openResendWebhooks } from '../signing-secrets/resend-webhooks-api.ts';
import {
  makeSecretOperations,
  type SecretOperations,
} from '../signing-secrets/secret-operations.ts';
import { makeReadUsage } from '../signing-secrets/version-usage.ts';

/** Environment variables that `openSecretOperations` reads. */
export const secretVariables = [
  'ROTATED_SECRETS',
  'MUX_WEBHOOKS_KEY_SECRET_ID',
  'RESEND_WEBHOOKS_KEY_SECRET_ID',
  'API_URL',
  'METRICS_NAMESPACE',
] as const;

type Environment = Readonly<Record<(typeof secretVariables)[number], string>>;

/**
 * Connects the rotation of signing secrets to Secrets Manager, CloudWatch and the APIs of the
 * providers.
 */
export function openSecretOperations(env: Environment, now: Clock): SecretOperations {
  const secretIds: Readonly<Record<Provider, string>> = JSON.parse(env.ROTATED_SECRETS);
  const readUsage = makeReadUsage(env.METRICS_NAMESPACE);
  const rotationDeps = (provider: Provider) => ({
    secret: openRotatedSecret(secretIds[provider], fetchSecretValue),
    readUsage: () => readUsage(provider, now()),
    now,
  });
  const webhookUrl = (provider: Provider) => `${env.API_URL}${webhookPath(provider)}`;
  const mux = openMuxWebhooks({
    apiToken: () => readKey(env.MUX_WEBHOOKS_KEY_SECRET_ID),
    address: webhookUrl('mux'),
  });
  const resend = openResendWebhooks({
    apiKey: () => readKey(env.RESEND_WEBHOOKS_KEY_SECRET_ID),
    address: webhookUrl('resend'),
  });
  return makeSecretOperations({
    secretIds,
    listVersions,
    readUsage,
    rotations: {
      mux: makePlanMuxRotation({ ...rotationDeps('mux'), webhooks: mux }),
      resend: makePlanResendRotation({ ...rotationDeps('resend'), webhooks: resend }),
    },
    now,
  });
}

/**
 * Reads the key for every request, without a cache, so that a key that was just stored works at
 * once.
 */
async function readKey(secretId: string): Promise<string> {
  const key = await fetchSecretValue(secretId, 'AWSCURRENT');
  if (key === undefined)
    throw new Error(`store the provider’s key in ${secretId} first (README, Operate it)`);
  return key;
}
