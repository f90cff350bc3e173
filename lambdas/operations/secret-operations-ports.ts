import { type Provider, providers, webhookPath } from '../catalog/providers.ts';
import {
  type EndpointOperations,
  makeEndpointOperations,
} from '../endpoints/endpoint-operations.ts';
import { openEndpoints } from '../endpoints/open-endpoints.ts';
import { listVersions, openRotatedSecret } from '../platform/aws/secret-versions.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import type { Clock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { webhooksKeys, webhooksKeyVariable } from '../providers/registry.ts';
import { openResendSuppressions } from '../providers/resend/suppressions-api.ts';
import { signingSecretFaultOf } from '../providers/signing-secret-fault.ts';
import type { PlanRotation } from '../signing-secrets/rotation.ts';
import { rotations } from '../signing-secrets/rotations.ts';
import {
  makeSecretOperations,
  type SecretOperations,
} from '../signing-secrets/secret-operations.ts';
import { makeReadUsage } from '../signing-secrets/version-usage.ts';
import { makeSignSynthetic } from './sign-synthetic.ts';

/** Environment variables that `openSecretOperations` reads. */
export const secretVariables = [
  'ROTATED_SECRETS',
  'GENERATED_SECRETS',
  'API_URL',
  'METRICS_NAMESPACE',
  'STAGE',
] as const;

/** Environment variables with the name of each provider's webhooks key. */
const webhooksKeyVariables: readonly string[] = [...webhooksKeys().keys()].map(webhooksKeyVariable);

type Environment = Readonly<Record<(typeof secretVariables)[number], string>>;

/**
 * Connects the rotation of signing secrets to Secrets Manager, CloudWatch and the APIs of the
 * providers.
 *
 * @param keySecretIds Name of each provider's webhooks key, by environment variable.
 */
function openSecretOperations(
  env: Environment,
  keySecretIds: Readonly<Record<string, string>>,
  now: Clock,
): SecretOperations {
  const secretIds: Readonly<Record<Provider, string>> = JSON.parse(env.ROTATED_SECRETS);
  const readUsage = makeReadUsage(env.METRICS_NAMESPACE);
  const opened = new Map<Provider, PlanRotation>();
  for (const provider of providers) {
    const open = rotations[provider];
    const keySecretId = keySecretIds[webhooksKeyVariable(provider)];
    if (open === undefined || keySecretId === undefined) continue;
    const plan = open({
      readKey: () => readProviderKey(keySecretId),
      address: `${env.API_URL}${webhookPath(provider)}`,
      secret: openSigningSecret(provider, secretIds[provider]),
      readUsage: () => readUsage(provider, now()),
      now,
    });
    opened.set(provider, plan);
  }
  return makeSecretOperations({
    secretIds,
    generatedSecretIds: JSON.parse(env.GENERATED_SECRETS),
    listVersions,
    readUsage,
    rotations: opened,
    now,
  });
}

/** Connects the commands on webhooks to the providers and to the signing secrets. */
function openEndpointOperations(
  env: Environment,
  keySecretIds: Readonly<Record<string, string>>,
): EndpointOperations {
  const secretIds: Readonly<Record<Provider, string>> = JSON.parse(env.ROTATED_SECRETS);
  const managed = openEndpoints({
    apiUrl: env.API_URL,
    readKeyOf(provider) {
      const secretId = keySecretIds[webhooksKeyVariable(provider)];
      return secretId === undefined ? undefined : () => readProviderKey(secretId);
    },
    secretOf: (provider) => openSigningSecret(provider, secretIds[provider]),
  });
  return makeEndpointOperations(managed, env.STAGE);
}

/** Opens a signing secret that takes only values which the verifier accepts. */
const openSigningSecret = (provider: Provider, secretId: string) =>
  openRotatedSecret(secretId, fetchSecretValue, signingSecretFaultOf(provider));

/**
 * Reads the key for every request, without a cache, so that a key that was just stored works at
 * once.
 */
async function readProviderKey(secretId: string): Promise<string> {
  const key = await fetchSecretValue(secretId, 'AWSCURRENT');
  if (key === undefined)
    throw new Error(`store the provider’s key in ${secretId} first (README, Operate it)`);
  return key;
}

/**
 * Opens the secrets of operator commands, and the provider APIs that need a secret key. Reads the
 * name of each provider's webhooks key from the environment.
 */
export function openSecretPorts(env: Environment, now: Clock) {
  const keySecretIds = readEnv(webhooksKeyVariables);
  const resendKeyId = keySecretIds['RESEND_WEBHOOKS_KEY_SECRET_ID'] ?? '';
  return {
    secrets: openSecretOperations(env, keySecretIds, now),
    endpoints: openEndpointOperations(env, keySecretIds),
    suppressionList: openResendSuppressions({ apiKey: () => readProviderKey(resendKeyId) }),
    signSynthetic: makeSignSynthetic(JSON.parse(env.ROTATED_SECRETS), fetchSecretValue, now),
  };
}
