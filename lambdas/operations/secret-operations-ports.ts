import { type Provider, webhookPath } from '../catalog/providers.ts';
import { listVersions, openRotatedSecret } from '../platform/aws/secret-versions.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import type { Clock } from '../platform/clock.ts';
import { makePlanMuxRotation } from '../signing-secrets/mux-rotation-plan.ts';
import { openMuxWebhooks } from '../signing-secrets/mux-webhooks-api.ts';
import { makePlanResendRotation } from '../signing-secrets/resend-rotation-plan.ts';
import { openResendWebhooks } from '../signing-secrets/resend-webhooks-api.ts';
import { makeSecretOperations } from '../signing-secrets/secret-operations.ts';
import { makeReadUse } from '../signing-secrets/version-usage.ts';
import type { OperationPorts } from './run-operation.ts';
import { makeSignSynthetic } from './sign-synthetic.ts';

/** The environment that it needs. */
export const secretVariables = [
  'ROTATED_SECRETS',
  'MUX_WEBHOOKS_KEY_SECRET_ID',
  'RESEND_WEBHOOKS_KEY_SECRET_ID',
  'API_URL',
  'METRICS_NAMESPACE',
] as const;

type Environment = Readonly<Record<(typeof secretVariables)[number], string>>;

export function openSecrets(
  env: Environment,
  now: Clock,
): Pick<OperationPorts, 'secrets' | 'signSynthetic'> {
  const secretIds: Readonly<Record<Provider, string>> = JSON.parse(env.ROTATED_SECRETS);
  const readUse = makeReadUse(env.METRICS_NAMESPACE);
  const partsOf = (provider: Provider) => ({
    ...{ secret: openRotatedSecret(secretIds[provider], fetchSecretValue), now },
    readUse: () => readUse(provider, now()),
  });
  const address = (provider: Provider) => `${env.API_URL}${webhookPath(provider)}`;
  const mux = openMuxWebhooks({
    apiToken: keyIn(env.MUX_WEBHOOKS_KEY_SECRET_ID),
    address: address('mux'),
  });
  const resend = openResendWebhooks({
    apiKey: keyIn(env.RESEND_WEBHOOKS_KEY_SECRET_ID),
    address: address('resend'),
  });
  const secrets = makeSecretOperations({
    ...{ secrets: secretIds, listVersions, readUse, now },
    rotations: {
      mux: makePlanMuxRotation({ ...partsOf('mux'), webhooks: mux }),
      resend: makePlanResendRotation({ ...partsOf('resend'), webhooks: resend }),
    },
  });
  return { secrets, signSynthetic: makeSignSynthetic({ secretIds, fetch: fetchSecretValue, now }) };
}

/** Read each time: whoever has just put it does not want to wait for a cache. */
const keyIn = (secretId: string) => async () => {
  const key = await fetchSecretValue(secretId, 'AWSCURRENT');
  if (key === undefined)
    throw new Error(`put the provider’s key into ${secretId} first (README, Operate it)`);
  return key;
};
