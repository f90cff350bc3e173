import { randomInt } from 'node:crypto';
import { muxId } from './mux-events.ts';

/** One webhook of the environment. Each one has its own secret and receives every event. */
export interface SandboxWebhook {
  readonly id: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly secret: () => string;
}

export interface MuxWebhookList {
  all(): readonly SandboxWebhook[];
  /** @returns undefined if a webhook has this address already. */
  create(address: string): SandboxWebhook | undefined;
  update(
    id: string,
    change: Partial<Pick<SandboxWebhook, 'enabled' | 'address'>>,
  ): SandboxWebhook | undefined;
  delete(id: string): boolean;
  /** Moves the creation of every webhook into the past, for tests of long periods. */
  age(milliseconds: number): void;
}

/**
 * Makes a list with one webhook.
 * @param storedSecret Returns the secret that the operator has stored. The first webhook signs with
 *   the present value of that secret until a second webhook is created, then with a fixed value.
 */
export function makeMuxWebhookList(address: string, storedSecret: () => string): MuxWebhookList {
  let webhooks: readonly SandboxWebhook[] = [
    {
      id: muxId('first webhook', 24),
      address,
      enabled: true,
      createdAt: new Date(),
      secret: storedSecret,
    },
  ];
  return {
    all: () => webhooks,
    create(newAddress) {
      if (webhooks.some((one) => one.address === newAddress)) return undefined;
      const created = newWebhook(newAddress);
      webhooks = [...webhooks.map(withFixedSecret), created];
      return created;
    },
    update(id, change) {
      webhooks = webhooks.map((one) => (one.id === id ? { ...one, ...change } : one));
      return webhooks.find((one) => one.id === id);
    },
    delete(id) {
      const before = webhooks.length;
      webhooks = webhooks.filter((one) => one.id !== id);
      return webhooks.length < before;
    },
    age(milliseconds) {
      webhooks = webhooks.map((one) => ({
        ...one,
        createdAt: new Date(one.createdAt.getTime() - milliseconds),
      }));
    },
  };
}

function newWebhook(address: string): SandboxWebhook {
  const secret = Array.from({ length: 32 }, () => randomInt(36).toString(36)).join('');
  return {
    id: muxId(`webhook ${secret}`, 24),
    address,
    enabled: true,
    createdAt: new Date(),
    secret: () => secret,
  };
}

function withFixedSecret(webhook: SandboxWebhook): SandboxWebhook {
  const secret = webhook.secret();
  return { ...webhook, secret: () => secret };
}

export interface WebhookRequest {
  readonly method: string | undefined;
  readonly url: string;
  readonly body: string;
}

export interface WebhookResponse {
  readonly statusCode: number;
  readonly body?: object;
}

export const webhooksPath = '/system/v1/webhooks';

/** https://www.mux.com/docs/core/manage-webhooks */
export function handleWebhookRequest(
  webhooks: MuxWebhookList,
  { method, url, body }: WebhookRequest,
): WebhookResponse {
  const { pathname, searchParams } = new URL(url, 'http://sandbox');
  const id = pathname.slice(webhooksPath.length + 1);
  const input = body === '' ? {} : JSON.parse(body);
  if (id === '' && method === 'GET') {
    const page = Number(searchParams.get('page') ?? 1);
    return { statusCode: 200, body: { data: page === 1 ? webhooks.all().map(toJson) : [] } };
  }
  if (id === '' && method === 'POST') return createWebhook(webhooks, String(input.address));
  if (method === 'DELETE' && webhooks.delete(id)) return { statusCode: 204 };
  const webhook =
    method === 'PATCH' ? webhooks.update(id, input) : webhooks.all().find((one) => one.id === id);
  return webhook === undefined
    ? errorResponse(404, 'not_found', `There is no ${pathname}.`)
    : { statusCode: 200, body: { data: toJson(webhook) } };
}

/** Returns the signing secret in this response only; Mux never shows the secret later. */
function createWebhook(webhooks: MuxWebhookList, address: string): WebhookResponse {
  const created = webhooks.create(address);
  if (created === undefined)
    return errorResponse(400, 'invalid_parameters', 'The address is taken.');
  return {
    statusCode: 201,
    body: { data: { ...toJson(created), signing_secret: created.secret() } },
  };
}

const toJson = ({ id, address, enabled, createdAt }: SandboxWebhook) => ({
  id,
  address,
  enabled,
  created_at: createdAt.toISOString(),
});

const errorResponse = (statusCode: number, type: string, message: string): WebhookResponse => ({
  statusCode,
  body: { error: { type, messages: [message] } },
});
