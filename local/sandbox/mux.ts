import { createHmac } from 'node:crypto';
import { type MuxEvent, type MuxFilm, muxEvent } from './mux-events.ts';
import type { MuxWebhookList, SandboxWebhook } from './mux-webhooks.ts';
import {
  type DeliveryAnswer,
  type DeliveryOptions,
  postWebhook,
  type WebhookSender,
} from './webhook.ts';

export interface MuxSandbox extends WebhookSender<MuxEvent> {
  /** To each webhook that is enabled, and its answer by the webhook's id. */
  deliverToEach(
    event: MuxEvent,
    options?: DeliveryOptions,
  ): Promise<ReadonlyMap<string, DeliveryAnswer>>;
  /** Tells what becomes of a file that has come, one event after the other. */
  followUpload(film: MuxFilm): Promise<void>;
}

export interface MuxSandboxSettings {
  readonly webhooks: MuxWebhookList;
}

/**
 * Posts webhooks as Mux does: https://www.mux.com/docs/core/verify-webhook-signatures. It signs by itself, so that the
 * code that checks signatures is not what makes them.
 */
export function makeMuxSandbox({ webhooks }: MuxSandboxSettings): MuxSandbox {
  const deliverToEach: MuxSandbox['deliverToEach'] = async (event, options = {}) => {
    const enabled = webhooks.all().filter((one) => one.enabled);
    const answers = enabled.map(async (one) => [one.id, await post(one, event, options)] as const);
    return new Map(await Promise.all(answers));
  };
  const deliver: MuxSandbox['deliver'] = async (event, options) => {
    const answers = [...(await deliverToEach(event, options)).values()];
    const [first] = answers;
    if (first === undefined) throw new Error('No webhook is enabled.');
    // The one that Mux would try again, where there is one.
    return answers.find(({ statusCode }) => statusCode !== 200) ?? first;
  };

  return {
    deliver,
    deliverToEach,
    async followUpload(film) {
      // Where nobody takes it, the film stays what it is, and the functions' log says why.
      for (const type of ['video.upload.asset_created', 'video.asset.created', 'video.asset.ready'])
        await deliver(muxEvent(type, film, new Date())).catch(() => {});
    },
  };
}

function post(
  { address, secret }: SandboxWebhook,
  event: MuxEvent,
  { forged = false, signedAt = new Date(), earlierAttempts = 0 }: DeliveryOptions,
): Promise<DeliveryAnswer> {
  // Each attempt is part of the body of the next.
  const attempts = Array.from({ length: earlierAttempts }, (_, index) =>
    attempt(index, address, event),
  );
  const body = JSON.stringify({ ...event, attempts });
  const signed = signature(forged ? 'somebody-elses-secret' : secret(), signedAt, body);
  return postWebhook(
    address,
    { 'user-agent': 'Mux Webhooks Sandbox', 'mux-signature': signed },
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
