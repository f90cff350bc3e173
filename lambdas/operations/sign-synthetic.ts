import { randomUUID } from 'node:crypto';
import { type Provider, webhookPath } from '../catalog/providers.ts';
import { syntheticType } from '../catalog/synthetic-events.ts';
import type { Clock } from '../platform/clock.ts';
import { type FetchSecret, SecretNotFoundError } from '../platform/secret-cache.ts';
import { signMuxEvent } from '../providers/mux/signature.ts';
import { signResendEvent } from '../providers/resend/signature.ts';
import type { SignEvent } from '../webhooks/ingest/verify-signature.ts';

/** What is to be posted where, as the provider would. */
export interface SignedDelivery {
  readonly event: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SignSynthetic = (provider: Provider) => Promise<SignedDelivery>;

const signers: Readonly<Record<Provider, SignEvent>> = {
  mux: signMuxEvent,
  resend: signResendEvent,
};

export interface SignSyntheticDeps {
  readonly secretIds: Readonly<Record<string, string>>;
  readonly fetch: FetchSecret;
  readonly now: Clock;
}

/**
 * Whoever smokes a stage gets the signature of one event that does nothing, and never the secret: nobody's machine has to
 * read it. Read each time, as what is to be tested is what the stage has now.
 */
export function makeSignSynthetic({ secretIds, fetch, now }: SignSyntheticDeps): SignSynthetic {
  return async (provider) => {
    const secretId = secretIds[provider] ?? '';
    const secret = await fetch(secretId, 'AWSCURRENT');
    if (!secret?.trim()) throw new SecretNotFoundError(secretId);
    const event = `smoke-${randomUUID()}`;
    const signed = signers[provider](
      { eventId: event, eventType: syntheticType, at: now() },
      secret.trim(),
    );
    return { event, path: webhookPath(provider), ...signed };
  };
}
