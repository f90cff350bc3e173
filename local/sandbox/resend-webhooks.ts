import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fateOf, type ResendEvent, type ResendMail, resendEvent } from './resend-events.ts';
import { type DeliveryOptions, postWebhook, type WebhookSender } from './webhook.ts';

export interface ResendDeliveryOptions extends DeliveryOptions {
  /** In place of the webhook's own. */
  readonly secrets?: readonly string[];
}

export interface ResendWebhooks extends WebhookSender<ResendEvent, ResendDeliveryOptions> {
  /** Tells what becomes of a mail, as far as its addresses say, and again after a while where nobody takes it. */
  follow(mail: ResendMail): Promise<void>;
  /** Nothing is delivered again from then on. */
  stop(): void;
}

export interface ResendWebhookSettings {
  readonly webhookUrl: string;
  /** During a rotation Resend has two, and signs with both: https://resend.com/docs/api-reference/webhooks/rotate-signing-secret */
  readonly signingSecrets: () => readonly string[];
  readonly timeScale: number;
}

// The first of https://resend.com/docs/webhooks/retries-and-replays: no local instance waits for the others.
const RETRIES_MS = [5_000, 300_000];

const FORGED = `whsec_${Buffer.from('somebody else’s secret').toString('base64')}`;

/** Posts webhooks as Resend does. It signs by itself, so that the code that checks signatures is not what makes them. */
export function makeResendWebhooks({
  webhookUrl,
  signingSecrets,
  timeScale,
}: ResendWebhookSettings): ResendWebhooks {
  const stopping = new AbortController();

  async function deliver(
    { id, ...event }: ResendEvent,
    {
      forged = false,
      signedAt = new Date(),
      secrets = signingSecrets(),
    }: ResendDeliveryOptions = {},
  ) {
    const body = JSON.stringify(event);
    const timestamp = String(Math.floor(signedAt.getTime() / 1000));
    const signatures = (forged ? [FORGED] : secrets).map((secret) =>
      signature(secret, `${id}.${timestamp}.${body}`),
    );
    return postWebhook(
      webhookUrl,
      {
        'user-agent': 'Resend Webhooks Sandbox',
        'svix-id': id,
        'svix-timestamp': timestamp,
        'svix-signature': signatures.join(' '),
      },
      body,
    );
  }

  async function deliverUntilTaken(event: ResendEvent): Promise<void> {
    for (const delayMs of [0, ...RETRIES_MS]) {
      if (delayMs > 0)
        await sleep(delayMs * timeScale, undefined, { signal: stopping.signal, ref: false });
      const taken = await deliver(event).then(
        ({ statusCode }) => statusCode === 200,
        () => false,
      );
      if (taken) return;
    }
  }

  return {
    deliver,
    async follow(mail) {
      try {
        for (const address of mail.to)
          for (const type of fateOf(address))
            await deliverUntilTaken(resendEvent(type, { ...mail, to: [address] }, new Date()));
      } catch (error) {
        if (!stopping.signal.aborted) throw error;
      }
    },
    stop: () => stopping.abort(),
  };
}

function signature(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
