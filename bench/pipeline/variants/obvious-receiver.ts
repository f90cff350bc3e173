import Mux from '@mux/mux-node';
import { readEnv } from '../../../lambdas/platform/env.ts';
import type { Accept, Job } from '../receiving.ts';

const provider = 'mux';

/** As anyone writes it who has a queue to put a job into: Mux's own package verifies, and 200 comes after `keep`. */
export function obviousReceiver(keep: (job: Job) => Promise<unknown>): Accept {
  const mux = new Mux({ webhookSecret: readEnv(['MUX_WEBHOOK_SECRET']).MUX_WEBHOOK_SECRET });
  return async ({ body: bytes, headers }) => {
    const body = bytes.toString();
    let event: { readonly id: string; readonly type: string };
    try {
      event = await mux.webhooks.unwrap(body, headers);
    } catch {
      return 400;
    }
    const { id: eventId, type: eventType } = event;
    const receivedAt = new Date().toISOString();
    await keep({
      provider,
      eventId,
      eventType,
      receivedAt,
      trace: headers['x-amzn-trace-id'] ?? '',
      body,
    });
    return 200;
  };
}
