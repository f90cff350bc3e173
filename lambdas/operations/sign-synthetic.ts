import { randomUUID } from 'node:crypto';
import { type Provider, webhookPath } from '../catalog/providers.ts';
import { syntheticType } from '../catalog/synthetic-events.ts';
import type { Clock } from '../platform/clock.ts';
import { type FetchSecret, SecretNotFoundError } from '../platform/secret-cache.ts';
import { registry } from '../providers/registry.ts';

/** A signed delivery that the smoke test posts to the provider's route, as the provider would. */
export interface SignedDelivery {
  readonly event: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SignSynthetic = (provider: Provider) => Promise<SignedDelivery>;

/**
 * Signs one synthetic event, so that the caller of a smoke test never needs the signing secret.
 * Reads the secret for every call, because the test must use the secret that is stored now.
 *
 * @param secretIds Name of each provider's signing secret, by provider.
 */
export function makeSignSynthetic(
  secretIds: Readonly<Record<string, string>>,
  fetch: FetchSecret,
  now: Clock,
): SignSynthetic {
  return async (provider) => {
    const secretId = secretIds[provider] ?? '';
    const secret = (await fetch(secretId, 'AWSCURRENT'))?.trim();
    if (!secret) throw new SecretNotFoundError(secretId);
    const event = `smoke-${randomUUID()}`;
    const content = { eventId: event, eventType: syntheticType, at: now() };
    const signed = registry[provider].signature.sign(content, secret);
    return { event, path: webhookPath(provider), ...signed };
  };
}
