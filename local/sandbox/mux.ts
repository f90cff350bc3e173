import { createHmac } from 'node:crypto';
import { type MuxEvent, type MuxFilm, muxEvent } from './mux-events.ts';
import { postWebhook, type WebhookSender } from './webhook.ts';

export interface MuxSandbox extends WebhookSender<MuxEvent> {
  /** Tells what becomes of a file that has come, one event after the other. */
  followUpload(film: MuxFilm): Promise<void>;
}

export interface MuxSandboxSettings {
  readonly webhookUrl: string;
  readonly signingSecret: () => string;
}

/**
 * Posts webhooks as Mux does: https://www.mux.com/docs/core/verify-webhook-signatures. It signs by itself, so that the
 * code that checks signatures is not what makes them.
 */
export function makeMuxSandbox({ webhookUrl, signingSecret }: MuxSandboxSettings): MuxSandbox {
  const deliver: MuxSandbox['deliver'] = async (
    event,
    { forged = false, signedAt = new Date(), earlierAttempts = 0 } = {},
  ) => {
    // Each attempt is part of the body of the next.
    const attempts = Array.from({ length: earlierAttempts }, (_, index) => attempt(index, webhookUrl, event));
    const body = JSON.stringify({ ...event, attempts });
    const secret = forged ? 'somebody-elses-secret' : signingSecret();
    const headers = { 'user-agent': 'Mux Webhooks Sandbox', 'mux-signature': signature(secret, signedAt, body) };
    return postWebhook(webhookUrl, headers, body);
  };

  return {
    deliver,
    async followUpload(film) {
      // Where nobody takes it, the film stays what it is, and the functions' log says why.
      for (const type of ['video.upload.asset_created', 'video.asset.created', 'video.asset.ready'])
        await deliver(muxEvent(type, film, new Date())).catch(() => {});
    },
  };
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
