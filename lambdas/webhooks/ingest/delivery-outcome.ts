import type { SecretVersion } from '../../platform/secret-cache.ts';

export const statusCodes = {
  accepted: 200,
  'missing-signature': 400,
  'malformed-signature': 400,
  'stale-timestamp': 400,
  'future-timestamp': 400,
  'signature-mismatch': 400,
  'malformed-json': 400,
  'missing-event-id': 400,
  'missing-event-type': 400,
  'body-too-large': 413,
  'not-configured': 500,
  'not-enqueued': 500,
} as const;

export type DeliveryCode = keyof typeof statusCodes;

/** Result of one delivery. The response contains `code` only; the other fields are logged. */
export interface DeliveryOutcome {
  readonly code: DeliveryCode;
  readonly secretVersion?: SecretVersion;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly messageId?: string;
  /** Set only for verified deliveries, so that a forged request cannot write to the log. */
  readonly payload?: unknown;
}
