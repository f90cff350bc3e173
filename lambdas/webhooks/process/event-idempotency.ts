import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import type { GetPool } from '../../platform/postgres/database.ts';
import { TransactionPersistenceLayer } from '../../platform/postgres/idempotency.ts';

// Mux retries for 24 h, Resend for 27 h 35 min. Operators can make either send an older event
// again.
export const RECORD_SECONDS = 30 * 86_400;

/**
 * Computes the keys as Powertools does, so that a batch recognizes events applied one by one, and
 * vice versa.
 */
export class EventIdempotency extends TransactionPersistenceLayer {
  readonly keyPrefix: string;
  readonly config = new IdempotencyConfig({
    eventKeyJmesPath: '[eventId, replay]',
    expiresAfterSeconds: RECORD_SECONDS,
    hashFunction: 'sha256',
    throwOnNoIdempotencyKey: true,
  });

  constructor(pool: GetPool, provider: string) {
    super(pool);
    this.keyPrefix = `webhook-${provider}`;
    this.configure({ config: this.config, keyPrefix: this.keyPrefix });
  }

  keyOf({
    eventId,
    replay = null,
  }: {
    readonly eventId: string;
    readonly replay?: string | null;
  }): string {
    return this.getHashedIdempotencyKey({ eventId, replay });
  }
}
