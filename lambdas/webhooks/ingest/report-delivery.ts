import { isSynthetic } from '../../catalog/synthetic-events.ts';
import { emitMetrics, log } from '../../platform/logger.ts';
import type { Delivery } from './delivery.ts';
import { type DeliveryCode, type DeliveryOutcome, statusCodes } from './delivery-outcome.ts';

const audits = {
  Accepted: (fields: object) => log.info('Delivery accepted', { ...fields }),
  Rejected: (fields: object) => log.warn('Delivery rejected', { ...fields }),
  AcceptFailed: (fields: object) => log.error('Delivery failed', { ...fields }),
};

/**
 * Writes one audit line and one set of metrics for each delivery. Zeros are emitted too: a rate
 * needs both sides.
 */
export function reportDelivery(
  provider: string,
  { body, trace }: Delivery,
  outcome: DeliveryOutcome,
  tookMs: number,
): void {
  const { code, secretVersion, ...detail } = outcome;
  const category = categoryOf(code);
  const bytes = Buffer.byteLength(body);
  audits[category]({ provider, code, secretVersion, ...detail, bytes, tookMs, trace });
  if (isSynthetic(detail.eventType)) countSynthetic(provider, category === 'Accepted');
  else countDelivery(provider, outcome, tookMs);
}

function countSynthetic(provider: string, accepted: boolean): void {
  emitMetrics(
    'smoke',
    { SmokeAccepted: accepted ? 1 : 0, SmokeRecorded: 0, SmokeFailed: accepted ? 0 : 1 },
    { provider },
  );
}

function countDelivery(
  provider: string,
  { code, secretVersion }: DeliveryOutcome,
  tookMs: number,
): void {
  const category = categoryOf(code);
  emitMetrics(
    'deliveries',
    {
      Accepted: category === 'Accepted' ? 1 : 0,
      Rejected: category === 'Rejected' ? 1 : 0,
      AcceptFailed: category === 'AcceptFailed' ? 1 : 0,
      SecretCurrent: secretVersion === 'AWSCURRENT' ? 1 : 0,
      SecretPrevious: secretVersion === 'AWSPREVIOUS' ? 1 : 0,
      ...(category === 'Accepted' ? { AcceptMs: tookMs } : {}),
    },
    { provider },
  );
  if (category !== 'Accepted')
    emitMetrics('rejections', { Rejected: 1 }, { provider, reason: code });
}

function categoryOf(code: DeliveryCode): keyof typeof audits {
  if (code === 'accepted') return 'Accepted';
  return statusCodes[code] < 500 ? 'Rejected' : 'AcceptFailed';
}
