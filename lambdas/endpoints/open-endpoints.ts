import { type Provider, providers, webhookPath } from '../catalog/providers.ts';
import { registry } from '../providers/registry.ts';
import type {
  EndpointSecret,
  ExpectedEndpoint,
  ProviderEndpoints,
  ProviderEndpointsDeps,
} from './endpoint.ts';
import { openMuxEndpoints } from './mux-endpoints.ts';
import { openResendEndpoints } from './resend-endpoints.ts';

/** Webhooks by provider. A provider is here if its descriptor has a `webhooksKey`. */
export const endpointsOf: Readonly<
  Partial<Record<Provider, (deps: ProviderEndpointsDeps) => ProviderEndpoints>>
> = { mux: openMuxEndpoints, resend: (deps) => openResendEndpoints(deps) };

/** The webhooks of one provider, and the one that the stage expects. */
export interface ManagedEndpoint {
  readonly provider: Provider;
  readonly endpoints: ProviderEndpoints;
  readonly expected: ExpectedEndpoint;
}

export interface OpenEndpointsDeps {
  /** Base URL of all endpoints of the stage. */
  readonly apiUrl: string;
  /** @returns undefined if no key manages the provider's webhooks. */
  readonly readKeyOf: (provider: Provider) => (() => Promise<string>) | undefined;
  readonly secretOf: (provider: Provider) => EndpointSecret;
}

/** Connects to each provider whose webhooks a key manages. */
export function openEndpoints({
  apiUrl,
  readKeyOf,
  secretOf,
}: OpenEndpointsDeps): readonly ManagedEndpoint[] {
  return providers.flatMap((provider) => {
    const [open, readKey] = [endpointsOf[provider], readKeyOf(provider)];
    if (open === undefined || readKey === undefined) return [];
    const endpoints = open({ readKey, secret: secretOf(provider) });
    const address = `${apiUrl}${webhookPath(provider)}`;
    const { appliedTypes: eventTypes } = registry[provider].events;
    return [{ provider, endpoints, expected: { address, eventTypes } }];
  });
}
