import type { SecretText } from '../../../lambdas/platform/versioned-secret.ts';
import type { Delivery } from '../../../lambdas/webhooks/ingest/delivery.ts';

/** A delivery as its provider signed it, which proves that our scheme is the provider's. */
export interface RecordedDelivery {
  readonly eventId: string;
  readonly eventType: string;
  readonly secret: string;
  /** Names in lower case, as API Gateway passes them on. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Time of the signature. */
  readonly receivedAt: string;
}

export const deliveryOf = ({ headers, body, receivedAt }: RecordedDelivery): Delivery => ({
  body: Buffer.from(body),
  headers,
  receivedAt: new Date(receivedAt),
  trace: '',
});

export const secretsOf = ({ secret }: Pick<RecordedDelivery, 'secret'>): readonly SecretText[] => [
  { version: 'AWSCURRENT', value: secret },
];

/** Returns the delivery with one more space at the end of its body. */
export const tamperedWith = (delivery: Delivery): Delivery => ({
  ...delivery,
  body: Buffer.concat([Buffer.from(delivery.body), Buffer.from(' ')]),
});
