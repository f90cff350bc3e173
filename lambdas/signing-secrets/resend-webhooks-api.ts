import { Resend } from 'resend';
import * as z from 'zod';
import { dataOf, resendFailure } from '../platform/resend-response.ts';

/** A webhook of Resend that leads to our route. */
export interface ResendWebhook {
  readonly id: string;
  /**
   * Current signing secret; undefined if the response lacks it, because not every page of Resend's
   * docs promises it.
   */
  readonly secret: string | undefined;
}

export interface ResendWebhooks {
  /** Lists the webhooks whose endpoint is ours. */
  list(): Promise<readonly ResendWebhook[]>;
  /** @returns the new secret. */
  rotate(id: string): Promise<string>;
}

export interface ResendWebhooksDeps {
  /** Returns a key with full access; Resend rejects a key with sending access. */
  readonly apiKey: () => Promise<string>;
  readonly address: string;
  readonly timeoutMs?: number;
}

const webhookList = z.object({
  data: z.array(z.object({ id: z.string().min(1), endpoint: z.string() })),
});
const signedWebhook = z.object({ signing_secret: z.string().nullish() });

/**
 * @throws an error whose message an operator may see: it contains no part of the key, request or
 * response.
 */
export function openResendWebhooks({
  apiKey,
  address,
  timeoutMs = 8_000,
}: ResendWebhooksDeps): ResendWebhooks {
  const options = () => ({ signal: AbortSignal.timeout(timeoutMs) });
  const open = async () => new Resend(await apiKey()).webhooks;
  return {
    async list() {
      const webhooks = await open();
      const response = await webhooks.list({ limit: 100 }, options());
      const { data } = dataOf('list webhooks', webhookList, response);
      const ours = data.filter(({ endpoint }) => endpoint === address);
      return Promise.all(
        ours.map(async ({ id }) => {
          const response = await webhooks.get(id, options());
          const { signing_secret: secret } = dataOf(`show ${id}`, signedWebhook, response);
          return { id, secret: secret || undefined };
        }),
      );
    },
    async rotate(id) {
      const task = 'rotate the signing secret';
      const response = await (await open()).rotateSigningSecret(id, options());
      const { signing_secret: secret } = dataOf(task, signedWebhook, response);
      if (!secret)
        throw resendFailure(task, 'the response has no signing secret; run the command again');
      return secret;
    },
  };
}
