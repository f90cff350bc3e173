import { randomUUID } from 'node:crypto';
import { Resend, type WebhookEvent } from 'resend';
import * as z from 'zod';
import { dataOf } from '../platform/resend-response.ts';
import type { ProviderEndpoints, ProviderEndpointsDeps } from './endpoint.ts';

const webhookList = z.object({
  data: z.array(
    z.object({
      id: z.string().min(1),
      endpoint: z.string(),
      status: z.string(),
      events: z.array(z.string()).nullish(),
    }),
  ),
});
const signedWebhook = z.object({ signing_secret: z.string().min(1) });
const createdWebhook = signedWebhook.extend({ id: z.string().min(1) });
const changedWebhook = z.object({ id: z.string() });

/** Webhooks of a Resend account. Each shows its signing secret to a key with full access. */
export function openResendEndpoints(
  { readKey, secret, timeoutMs = 8_000 }: ProviderEndpointsDeps,
  base: { readonly baseUrl?: string } = {},
): ProviderEndpoints {
  const options = () => ({ signal: AbortSignal.timeout(timeoutMs) });
  const open = async () => new Resend(await readKey(), base).webhooks;

  async function readSecret(id: string): Promise<string> {
    const response = await (await open()).get(id, options());
    return dataOf(`show ${id}`, signedWebhook, response).signing_secret;
  }

  return {
    mayHaveSeveral: false,
    async list() {
      const response = await (await open()).list({ limit: 100 }, options());
      const { data } = dataOf('list webhooks', webhookList, response);
      const secretOf = await openSecretStates(secret, readSecret);
      return Promise.all(
        data.map(async ({ id, endpoint, status, events }) => ({
          id,
          address: endpoint,
          isEnabled: status === 'enabled',
          eventTypes: events ?? undefined,
          secret: await secretOf(id),
        })),
      );
    },
    async create({ address, eventTypes }) {
      const events = [...eventTypes] as WebhookEvent[];
      const response = await (await open()).create({ endpoint: address, events }, options());
      const { id, signing_secret: value } = dataOf('create a webhook', createdWebhook, response);
      // Deleted, so that another repair creates a webhook with another secret.
      if (secret.faultOf(value) !== undefined) await (await open()).remove(id, options());
      await secret.store(value, randomUUID());
    },
    async update(id, { address, isEnabled, eventTypes }) {
      const change = {
        ...(address !== undefined && { endpoint: address }),
        ...(isEnabled !== undefined && ({ status: isEnabled ? 'enabled' : 'disabled' } as const)),
        ...(eventTypes !== undefined && { events: [...eventTypes] as WebhookEvent[] }),
      };
      const response = await (await open()).update(id, change, options());
      dataOf(`change ${id}`, changedWebhook, response);
    },
    storeSecret: async (id) => secret.store(await readSecret(id), randomUUID()),
  };
}

/** Compares values only if the caller may read them; otherwise the existence of a version. */
async function openSecretStates(
  secret: ProviderEndpointsDeps['secret'],
  readSecret: (id: string) => Promise<string>,
) {
  const { current } = await secret.versions();
  const stored = [await secret.value('AWSCURRENT'), await secret.value('AWSPREVIOUS')].filter(
    (value) => value !== undefined,
  );
  return async (id: string) => {
    if (current === undefined) return 'missing';
    if (stored.length === 0) return 'unknown';
    return stored.includes(await readSecret(id)) ? 'stored' : 'missing';
  };
}
