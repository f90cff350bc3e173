import { createHmac } from 'node:crypto';
import { type Faults, makeFaults } from './faults/faults.ts';
import { makeFaultyDelivery } from './faults/faulty-delivery.ts';
import { type MuxAsset, type MuxEvent, muxEvent } from './mux-events.ts';
import type { MuxWebhookList, SandboxWebhook } from './mux-webhooks.ts';
import { type MuxRecords, makeMuxRecords } from './records/mux-records.ts';
import {
  type DeliveryOptions,
  type DeliveryResponse,
  postWebhook,
  type WebhookSender,
} from './webhook.ts';

export interface MuxSandbox extends WebhookSender<MuxEvent> {
  /** Posts to each enabled webhook. @returns the responses by webhook id. */
  deliverToEach(
    event: MuxEvent,
    options?: DeliveryOptions,
  ): Promise<ReadonlyMap<string, DeliveryResponse>>;
  /** Sends the events of an uploaded file, one after the other. */
  sendUploadEvents(asset: MuxAsset): Promise<void>;
  /** State of uploads and assets, which follows every event, delivered or not. */
  readonly records: MuxRecords;
  readonly faults: Faults;
  /** Posts what a fault holds back. */
  flush(): Promise<void>;
}

export interface MuxSandboxSettings {
  readonly webhooks: MuxWebhookList;
}

/**
 * Posts webhooks as Mux does: https://www.mux.com/docs/core/verify-webhook-signatures.
 * Has its own signing code, so that the verifier is not tested with its own implementation.
 */
export function makeMuxSandbox({ webhooks }: MuxSandboxSettings): MuxSandbox {
  const records = makeMuxRecords();
  const faults = makeFaults();
  const delivery = makeFaultyDelivery(faults);
  const deliverToEach: MuxSandbox['deliverToEach'] = async (event, options = {}) => {
    const enabled = webhooks.all().filter((one) => one.enabled);
    const responses = enabled.map(
      async (one) => [one.id, await post(one, event, options)] as const,
    );
    return new Map(await Promise.all(responses));
  };
  const deliver: MuxSandbox['deliver'] = (event, options) => {
    // A given body is about nothing that the sandbox knows.
    if (options?.forged || options?.body !== undefined) return postToAll(event, options);
    records.record(event);
    return delivery.post(() => postToAll(event, options));
  };
  const postToAll: MuxSandbox['deliver'] = async (event, options) => {
    const responses = [...(await deliverToEach(event, options)).values()];
    const [first] = responses;
    if (first === undefined) throw new Error('No webhook is enabled.');
    // Prefers a failed response, because Mux retries that delivery.
    return responses.find(({ statusCode }) => statusCode !== 200) ?? first;
  };

  return {
    deliver,
    deliverToEach,
    records,
    faults,
    flush: delivery.flush,
    async sendUploadEvents(asset) {
      // Ignores failed deliveries: the asset keeps its status, and the functions log the reason.
      for (const type of ['video.upload.asset_created', 'video.asset.created', 'video.asset.ready'])
        await deliver(muxEvent(type, asset, new Date())).catch(() => {});
    },
  };
}

function post(
  { address, secret }: SandboxWebhook,
  event: MuxEvent,
  { forged = false, body: given, signedAt = new Date(), earlierAttempts = 0 }: DeliveryOptions,
): Promise<DeliveryResponse> {
  // Mux lists the earlier attempts in the body of each delivery.
  const attempts = Array.from({ length: earlierAttempts }, (_, index) =>
    attempt(index, address, event),
  );
  const body = given ?? JSON.stringify({ ...event, attempts });
  const muxSignature = signature(forged ? 'another-secret' : secret(), signedAt, body);
  return postWebhook(
    address,
    { 'user-agent': 'Mux Webhooks Sandbox', 'mux-signature': muxSignature },
    body,
  );
}

function signature(secret: string, at: Date, body: string): string {
  const t = Math.floor(at.getTime() / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

function attempt(index: number, address: string, { id, created_at }: MuxEvent): object {
  return {
    id: `${id.slice(0, -4)}${String(index).padStart(4, '0')}`,
    webhook_id: 44699,
    address,
    created_at,
    max_attempts: 30,
    response_status_code: 500,
    response_headers: { 'content-type': 'application/json' },
    response_body: '{"code":"not-enqueued"}',
  };
}
