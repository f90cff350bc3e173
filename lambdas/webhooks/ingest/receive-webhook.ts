import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { isSynthetic } from '../../catalog/synthetic-events.ts';
import type { QueueMessage } from '../../platform/aws/queue-message.ts';
import type { SecretVersion, SigningSecrets } from '../../platform/aws/secrets.ts';
import type { Enqueue } from '../../platform/aws-lite/send-message.ts';
import type { Clock } from '../../platform/clock.ts';
import { emitMetrics, inOneWrite, log } from '../../platform/logger.ts';
import { fitsQueue, toQueueMessage } from '../envelope.ts';
import { loggedPayload, type PayloadAllowlist } from '../payload-allowlist.ts';
import {
  type Delivery,
  type Identify,
  readDelivery,
  readEvent,
  type Verdict,
  type Verify,
} from './delivery.ts';

export interface ReceiveWebhookDeps {
  readonly provider: string;
  readonly verify: Verify;
  readonly identify: Identify;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly secrets: SigningSecrets;
  /** Asked for each delivery, while its secret may have to be waited for. Must not throw. */
  readonly connectToQueue: () => void;
  readonly enqueue: Enqueue;
  readonly now: Clock;
}

// SQS takes 1 MiB with attributes; 900 KiB leaves room for them and for every body whose characters SQS takes as they are.
const MAX_BODY_BYTES = 900 * 1024;

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

/** What became of a delivery: the answer is made of `code` alone, the rest is for the log. */
interface Outcome {
  readonly code: DeliveryCode;
  readonly secretVersion?: SecretVersion;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly messageId?: string;
  /** Of what is genuine: a forger writes nothing into our log. */
  readonly payload?: unknown;
}

/** Answers 200 only once the queue holds the delivery; providers send everything else again. */
export function makeReceiveWebhook(deps: ReceiveWebhookDeps) {
  const { provider, verify, identify, payloadAllowlist, secrets, connectToQueue, enqueue, now } =
    deps;

  return async function receiveWebhook(
    event: APIGatewayProxyEventV2,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const startedAt = now().getTime();
    const delivery = readDelivery(event);
    const outcome = await receive(delivery);
    const tookMs = now().getTime() - startedAt;
    inOneWrite(() => report(provider, delivery, outcome, tookMs));
    return answer(outcome.code);
  };

  async function receive(delivery: Delivery): Promise<Outcome> {
    if (Buffer.byteLength(delivery.body) > MAX_BODY_BYTES) return { code: 'body-too-large' };

    const verdict = await judge(delivery);
    if (!verdict.genuine) return { code: verdict.reason };

    const { secretVersion } = verdict;
    const event = readEvent(delivery, identify);
    if (!event.readable) return { code: event.reason, secretVersion };

    const { eventId, eventType, text, document } = event;
    const { receivedAt, trace } = delivery;
    const facts = {
      secretVersion,
      eventId,
      eventType,
      payload: loggedPayload(document, payloadAllowlist),
    };
    const message = toQueueMessage({
      provider,
      eventId,
      eventType,
      receivedAt: receivedAt.toISOString(),
      trace,
      body: text,
    });
    // A body that has to travel encoded can grow past what SQS takes, and would fail the same way each time.
    if (!fitsQueue(message)) return { code: 'body-too-large', ...facts };
    return { ...facts, ...(await put(message, trace)) };
  }

  async function judge(
    delivery: Delivery,
  ): Promise<Verdict | { genuine: false; reason: 'not-configured' }> {
    try {
      const reading = secrets.current();
      connectToQueue();
      const verdict = verify(delivery, await reading);
      if (verdict.genuine || verdict.reason !== 'signature-mismatch') return verdict;
      // The secret may have been rotated since it was read.
      return verify(delivery, await secrets.refreshed());
    } catch (error) {
      log.error('Signing secret cannot be used', { provider, trace: delivery.trace, error });
      return { genuine: false, reason: 'not-configured' };
    }
  }

  async function put(
    message: QueueMessage,
    trace: string,
  ): Promise<Pick<Outcome, 'code' | 'messageId'>> {
    try {
      return { code: 'accepted', messageId: await enqueue(message) };
    } catch (error) {
      log.error('Delivery is not in the queue', { provider, trace, error });
      return { code: 'not-enqueued' };
    }
  }
}

// Mux stores the answer and sends it back in the body of its next attempt, so it tells nothing but the code.
function answer(code: DeliveryCode): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: statusCodes[code],
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  };
}

const audits = {
  Accepted: (fields: object) => log.info('Delivery accepted', { ...fields }),
  Rejected: (fields: object) => log.warn('Delivery rejected', { ...fields }),
  AcceptFailed: (fields: object) => log.error('Delivery failed', { ...fields }),
};

/** One audit line and one set of counts for each delivery. Zeros are sent too: a rate needs both sides. */
function report(
  provider: string,
  { body, trace }: Delivery,
  outcome: Outcome,
  tookMs: number,
): void {
  const { code, secretVersion, ...facts } = outcome;
  const kind = kindOf(code);
  audits[kind]({
    provider,
    code,
    secretVersion,
    ...facts,
    bytes: Buffer.byteLength(body),
    tookMs,
    trace,
  });
  if (isSynthetic(facts.eventType)) countSynthetic(provider, kind === 'Accepted');
  else countDelivery(provider, outcome, tookMs);
}

function countSynthetic(provider: string, accepted: boolean): void {
  const [SmokeAccepted, SmokeFailed] = accepted ? [1, 0] : [0, 1];
  emitMetrics('smoke', { SmokeAccepted, SmokeRecorded: 0, SmokeFailed }, { provider });
}

function countDelivery(provider: string, { code, secretVersion }: Outcome, tookMs: number): void {
  const kind = kindOf(code);
  emitMetrics(
    'deliveries',
    {
      Accepted: kind === 'Accepted' ? 1 : 0,
      Rejected: kind === 'Rejected' ? 1 : 0,
      AcceptFailed: kind === 'AcceptFailed' ? 1 : 0,
      SecretCurrent: secretVersion === 'AWSCURRENT' ? 1 : 0,
      SecretPrevious: secretVersion === 'AWSPREVIOUS' ? 1 : 0,
      ...(kind === 'Accepted' ? { AcceptMs: tookMs } : {}),
    },
    { provider },
  );
  if (kind !== 'Accepted') emitMetrics('rejections', { Rejected: 1 }, { provider, reason: code });
}

function kindOf(code: DeliveryCode): keyof typeof audits {
  if (code === 'accepted') return 'Accepted';
  return statusCodes[code] < 500 ? 'Rejected' : 'AcceptFailed';
}
