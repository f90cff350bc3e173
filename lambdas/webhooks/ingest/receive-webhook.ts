import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Enqueue, QueueMessage } from '../../platform/aws/queue-message.ts';
import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { VersionedSecret } from '../../platform/versioned-secret.ts';
import { fitsQueue, toQueueMessage } from '../envelope.ts';
import { loggedPayload, type PayloadAllowlist } from '../payload-allowlist.ts';
import { type Delivery, type IdentifyEvent, parseEvent, readDelivery } from './delivery.ts';
import { type DeliveryCode, type DeliveryOutcome, statusCodes } from './delivery-outcome.ts';
import { reportDelivery } from './report-delivery.ts';
import type { SignatureResult, VerifySignature } from './verify-signature.ts';

export interface ReceiveWebhookDeps {
  readonly provider: string;
  readonly verify: VerifySignature;
  readonly identify: IdentifyEvent;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly secrets: VersionedSecret;
  readonly enqueue: Enqueue;
  readonly now: Clock;
}

// SQS accepts 1 MiB with attributes. 900 KiB leaves room for the attributes.
const MAX_BODY_BYTES = 900 * 1024;

/**
 * Responds 200 only after the queue has accepted the delivery. Providers retry after every other
 * status.
 */
export function makeReceiveWebhook(deps: ReceiveWebhookDeps) {
  return async function receiveWebhook(
    event: APIGatewayProxyEventV2,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const startedAt = deps.now().getTime();
    const delivery = readDelivery(event);
    const outcome = await receiveDelivery(deps, delivery);
    const tookMs = deps.now().getTime() - startedAt;
    reportDelivery(deps.provider, delivery, outcome, tookMs);
    return toResponse(outcome.code);
  };
}

async function receiveDelivery(
  deps: ReceiveWebhookDeps,
  delivery: Delivery,
): Promise<DeliveryOutcome> {
  if (Buffer.byteLength(delivery.body) > MAX_BODY_BYTES) return { code: 'body-too-large' };

  const signature = await verifyDelivery(deps, delivery);
  if (!signature.genuine) return { code: signature.reason };

  const { secretVersion } = signature;
  const event = parseEvent(delivery, deps.identify);
  if (!event.valid) return { code: event.reason, secretVersion };

  const { eventId, eventType, text, document } = event;
  const { receivedAt, trace } = delivery;
  const message = toQueueMessage({
    provider: deps.provider,
    eventId,
    eventType,
    receivedAt: receivedAt.toISOString(),
    trace,
    body: text,
  });
  const payload = loggedPayload(document, deps.payloadAllowlist);
  const detail = { secretVersion, eventId, eventType, payload };
  // Encoding can enlarge a body past the limit of SQS. Enqueueing it would fail at every retry.
  if (!fitsQueue(message)) return { code: 'body-too-large', ...detail };
  return { ...detail, ...(await enqueueEvent(deps, message, trace)) };
}

async function verifyDelivery(
  { provider, verify, secrets }: ReceiveWebhookDeps,
  delivery: Delivery,
): Promise<SignatureResult | { readonly genuine: false; readonly reason: 'not-configured' }> {
  try {
    const result = verify(delivery, await secrets.current());
    if (!isMismatch(result)) return result;
    // The secret may have been rotated after it was cached.
    const { versions, complete } = await secrets.reload();
    const second = verify(delivery, versions);
    // A version that could not be read may have signed the delivery.
    return isMismatch(second) && !complete ? notConfigured : second;
  } catch (error) {
    log.error('Signing secret cannot be used', { provider, trace: delivery.trace, error });
    return notConfigured;
  }
}

const notConfigured = { genuine: false, reason: 'not-configured' } as const;

const isMismatch = (result: SignatureResult): boolean =>
  !result.genuine && result.reason === 'signature-mismatch';

async function enqueueEvent(
  { provider, enqueue }: ReceiveWebhookDeps,
  message: QueueMessage,
  trace: string,
): Promise<Pick<DeliveryOutcome, 'code' | 'messageId'>> {
  try {
    return { code: 'accepted', messageId: await enqueue(message) };
  } catch (error) {
    log.error('Failed to enqueue delivery', { provider, trace, error });
    return { code: 'not-enqueued' };
  }
}

// The response contains nothing but the code: Mux stores it and repeats it in the body of the next
// attempt.
function toResponse(code: DeliveryCode): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: statusCodes[code],
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  };
}
