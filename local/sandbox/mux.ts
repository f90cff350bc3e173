import { createHmac } from 'node:crypto';
import type { MuxEvent } from './mux-events.ts';

/** What became of one POST, as Mux sees it. */
export interface DeliveryAnswer {
  readonly statusCode: number;
  readonly body: string;
  readonly tookMs: number;
}

export interface DeliveryOptions {
  /** Signs with a key that is not the webhook's. */
  readonly forged?: boolean;
  readonly signedAt?: Date;
  /** How often this event was delivered before; each attempt is part of the body of the next. */
  readonly earlierAttempts?: number;
}

export interface MuxSandbox {
  deliver(event: MuxEvent, options?: DeliveryOptions): Promise<DeliveryAnswer>;
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
  return {
    async deliver(event, { forged = false, signedAt = new Date(), earlierAttempts = 0 } = {}) {
      const attempts = Array.from({ length: earlierAttempts }, (_, index) => attempt(index, webhookUrl, event));
      const body = JSON.stringify({ ...event, attempts });
      const startedAt = performance.now();
      const response = await fetch(webhookUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Mux Webhooks Sandbox',
          'mux-signature': signature(forged ? 'somebody-elses-secret' : signingSecret(), signedAt, body),
        },
        body,
      });
      const text = await response.text();
      return { statusCode: response.status, body: text, tookMs: Math.round(performance.now() - startedAt) };
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

/** One event several times, one after the other, as when an answer does not reach Mux. */
export async function postTimes(
  mux: MuxSandbox,
  event: MuxEvent,
  times: number,
  options: Omit<DeliveryOptions, 'earlierAttempts'> = {},
): Promise<readonly DeliveryAnswer[]> {
  const answers: DeliveryAnswer[] = [];
  for (let earlierAttempts = 0; earlierAttempts < times; earlierAttempts += 1)
    answers.push(await mux.deliver(event, { ...options, earlierAttempts }));
  return answers;
}
