import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { eventTypesFor, type ResendEvent, type ResendMail, resendEvent } from './resend-events.ts';
import { type DeliveryOptions, postWebhook, type WebhookSender } from './webhook.ts';

export interface ResendDeliveryOptions extends DeliveryOptions {
  /** Secrets to sign with instead of the webhook's own secrets. */
  readonly secrets?: readonly string[];
  /**
   * Prefix of the header names. Resend uses `svix`; Standard Webhooks names them `webhook`.
   * @default 'svix'
   */
  readonly headerFamily?: 'svix' | 'webhook';
}

export interface ResendWebhooks extends WebhookSender<ResendEvent, ResendDeliveryOptions> {
  /** Sends the events of a mail by its addresses. Retries events that were not answered 200. */
  sendMailEvents(mail: ResendMail): Promise<void>;
  /** Ends all retries. */
  stop(): void;
}

export interface ResendWebhookSettings {
  readonly webhookUrl: string;
  /**
   * Resend signs with every valid secret: with two during a rotation.
   * https://resend.com/docs/api-reference/webhooks/rotate-signing-secret
   */
  readonly signingSecrets: () => readonly string[];
  readonly timeScale: number;
}

/**
 * First two delays of https://resend.com/docs/webhooks/retries-and-replays; the later ones are longer
 * than a local session.
 */
const RETRIES_MS = [5_000, 300_000];

const FORGED = `whsec_${Buffer.from('another secret').toString('base64')}`;

/**
 * Posts webhooks as Resend does.
 * Has its own signing code, so that the verifier is not tested with its own implementation.
 */
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
      headerFamily = 'svix',
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
        [`${headerFamily}-id`]: id,
        [`${headerFamily}-timestamp`]: timestamp,
        [`${headerFamily}-signature`]: signatures.join(' '),
      },
      body,
    );
  }

  async function deliverUntilAccepted(event: ResendEvent): Promise<void> {
    for (const delayMs of [0, ...RETRIES_MS]) {
      if (delayMs > 0)
        await setTimeout(delayMs * timeScale, undefined, { signal: stopping.signal, ref: false });
      const accepted = await deliver(event).then(
        ({ statusCode }) => statusCode === 200,
        () => false,
      );
      if (accepted) return;
    }
  }

  return {
    deliver,
    async sendMailEvents(mail) {
      try {
        for (const address of mail.to)
          for (const type of eventTypesFor(address))
            await deliverUntilAccepted(resendEvent(type, { ...mail, to: [address] }, new Date()));
      } catch (error) {
        if (!stopping.signal.aborted) throw error;
      }
    },
    stop: () => stopping.abort(),
  };
}

function signature(secret: string, signedText: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signedText).digest('base64')}`;
}
