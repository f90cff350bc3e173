import type { RotatedSecret } from '../platform/aws/secret-versions.ts';

/** A webhook at the provider. */
export interface ProviderEndpoint {
  readonly id: string;
  readonly address: string;
  readonly isEnabled: boolean;
  /** Undefined if the webhook receives every event type. */
  readonly eventTypes: readonly string[] | undefined;
  /** States if this stage holds the signing secret of the webhook. */
  readonly secret: 'stored' | 'missing' | 'unknown';
}

/** The webhook that the stage expects. */
export interface ExpectedEndpoint {
  readonly address: string;
  readonly eventTypes: readonly string[];
}

export interface EndpointChange {
  readonly address?: string;
  readonly isEnabled?: boolean;
  readonly eventTypes?: readonly string[];
}

/** Webhooks of one provider. */
export interface ProviderEndpoints {
  /** True if several webhooks may lead to the stage, because a rotation creates a second one. */
  readonly mayHaveSeveral: boolean;
  /** Lists every webhook of the account, those of other systems included. */
  list(): Promise<readonly ProviderEndpoint[]>;
  /** Creates the webhook and stores its signing secret as the current one. */
  create(expected: ExpectedEndpoint): Promise<void>;
  update(id: string, change: EndpointChange): Promise<void>;
  /** Stores the secret of a webhook, or replaces a webhook that does not show its secret. */
  storeSecret(id: string, expected: ExpectedEndpoint): Promise<void>;
}

/** Operations on the signing secret. The job that only lists webhooks can read no value. */
export type EndpointSecret = Pick<RotatedSecret, 'versions' | 'value' | 'faultOf' | 'store'>;

export interface ProviderEndpointsDeps {
  /** Reads the API key that manages the provider's webhooks. */
  readonly readKey: () => Promise<string>;
  readonly secret: EndpointSecret;
  /** Time limit of one call, its body included. */
  readonly timeoutMs?: number;
}
