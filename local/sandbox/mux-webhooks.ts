import { randomInt } from 'node:crypto';
import { muxId } from './mux-events.ts';

/** One webhook of the environment. Each signs with a secret of its own, and each is sent every event. */
export interface SandboxWebhook {
  readonly id: string;
  readonly address: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly secret: () => string;
}

export interface MuxWebhookList {
  all(): readonly SandboxWebhook[];
  /** @returns undefined where there is one with this address. */
  create(address: string): SandboxWebhook | undefined;
  update(
    id: string,
    change: Partial<Pick<SandboxWebhook, 'enabled' | 'address'>>,
  ): SandboxWebhook | undefined;
  delete(id: string): boolean;
  /** Makes every webhook older, where a test cannot wait. */
  age(milliseconds: number): void;
}

/** @param firstSecret What the operator has stored: the first webhook signs with that until there is a second. */
export function makeMuxWebhookList(address: string, firstSecret: () => string): MuxWebhookList {
  let webhooks: readonly SandboxWebhook[] = [
    {
      id: muxId('first webhook', 24),
      address,
      enabled: true,
      createdAt: new Date(),
      secret: firstSecret,
    },
  ];
  const replace = (id: string, by: (one: SandboxWebhook) => SandboxWebhook | undefined) => {
    webhooks = webhooks.flatMap((one) => (one.id === id ? (by(one) ?? []) : [one]));
    return webhooks.find((one) => one.id === id);
  };
  return {
    all: () => webhooks,
    create(wanted) {
      if (webhooks.some((one) => one.address === wanted)) return undefined;
      const known = webhooks.map((one) => {
        const secret = one.secret();
        return { ...one, secret: () => secret };
      });
      const secret = Array.from({ length: 32 }, () => randomInt(36).toString(36)).join('');
      const made = {
        id: muxId(`webhook ${secret}`, 24),
        address: wanted,
        enabled: true,
        createdAt: new Date(),
      };
      webhooks = [...known, { ...made, secret: () => secret }];
      return webhooks.at(-1);
    },
    update: (id, change) => replace(id, (one) => ({ ...one, ...change })),
    delete(id) {
      const before = webhooks.length;
      replace(id, () => undefined);
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

export interface WebhookRequest {
  readonly method: string | undefined;
  readonly url: string;
  readonly body: string;
}

export interface WebhookAnswer {
  readonly statusCode: number;
  readonly body?: object;
}

export const webhooksPath = '/system/v1/webhooks';

/** https://www.mux.com/docs/core/manage-webhooks */
export function answerWebhooks(
  webhooks: MuxWebhookList,
  { method, url, body }: WebhookRequest,
): WebhookAnswer {
  const { pathname, searchParams } = new URL(url, 'http://sandbox');
  const id = pathname.slice(webhooksPath.length + 1);
  const given = body === '' ? {} : JSON.parse(body);
  if (id === '' && method === 'GET') {
    const page = Number(searchParams.get('page') ?? 1);
    return { statusCode: 200, body: { data: page === 1 ? webhooks.all().map(shown) : [] } };
  }
  if (id === '' && method === 'POST') {
    const made = webhooks.create(String(given.address));
    if (made === undefined) return fault(400, 'invalid_parameters', 'The address is taken.');
    // Never again.
    return { statusCode: 201, body: { data: { ...shown(made), signing_secret: made.secret() } } };
  }
  if (method === 'DELETE' && webhooks.delete(id)) return { statusCode: 204 };
  const found =
    method === 'PATCH' ? webhooks.update(id, given) : webhooks.all().find((one) => one.id === id);
  return found === undefined
    ? fault(404, 'not_found', `There is no ${pathname}.`)
    : { statusCode: 200, body: { data: shown(found) } };
}

const shown = ({ id, address, enabled, createdAt }: SandboxWebhook) => ({
  ...{ id, address, enabled, created_at: createdAt.toISOString() },
});

const fault = (statusCode: number, type: string, message: string): WebhookAnswer => ({
  statusCode,
  body: { error: { type, messages: [message] } },
});
