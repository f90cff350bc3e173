import { randomUUID } from 'node:crypto';
import { parseJsonObject } from '../../../lambdas/platform/json.ts';
import { errorResponse, type ResendResponse } from '../resend-response.ts';
import type { ResendSigning } from '../resend-secrets.ts';

/** The account's webhook. The sandbox keeps at most one. */
export interface EndpointState {
  readonly id: string;
  readonly created_at: string;
  readonly endpoint: string;
  readonly status: 'enabled' | 'disabled';
  readonly events: readonly string[] | null;
}

export interface ResendEndpoint {
  /** @returns undefined after the webhook was deleted. */
  get(): EndpointState | undefined;
  /** @returns undefined if there is no webhook. */
  update(
    change: Partial<Pick<EndpointState, 'endpoint' | 'status' | 'events'>>,
  ): EndpointState | undefined;
  create(endpoint: string, events: readonly string[]): EndpointState;
  delete(): void;
}

const firstEvents = [
  'email.sent',
  'email.delivered',
  'email.delivery_delayed',
  'email.failed',
  'email.bounced',
  'email.complained',
  'email.opened',
  'email.clicked',
  'email.suppressed',
  'suppression.added',
  'suppression.removed',
];

/** Starts with an enabled webhook at the address. */
export function makeResendEndpoint(address: string): ResendEndpoint {
  let state: EndpointState | undefined = {
    id: '4dd369bc-aa82-4ff3-97de-514ae3000ee0',
    created_at: '2026-01-12T10:00:00.000Z',
    endpoint: address,
    status: 'enabled',
    events: firstEvents,
  };
  return {
    get: () => state,
    update(change) {
      if (state !== undefined) state = { ...state, ...change };
      return state;
    },
    create(endpoint, events) {
      const created_at = new Date().toISOString();
      state = { id: randomUUID(), created_at, endpoint, status: 'enabled', events };
      return state;
    },
    delete() {
      state = undefined;
    },
  };
}

interface EndpointRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** https://resend.com/docs/api-reference/webhooks/list-webhooks and the pages after that. */
export function handleResendWebhookRequest(
  signing: ResendSigning,
  endpoint: ResendEndpoint,
  { method = '', url = '' }: EndpointRequest,
  payload = '',
): ResendResponse | undefined {
  const [path = ''] = url.split('?');
  const [, root, id, ...action] = path.split('/');
  if (root !== 'webhooks') return undefined;
  const state = endpoint.get();
  if (id === undefined) {
    const list = () => ({ object: 'list', has_more: false, data: state ? [state] : [] });
    if (method === 'GET') return ok(list());
    return method === 'POST' ? create(signing, endpoint, payload) : undefined;
  }
  if (id !== state?.id) return errorResponse(404, 'not_found', 'Webhook not found');
  const operations: Readonly<Record<string, () => object>> = {
    'GET ': () => ({ object: 'webhook', ...state, signing_secret: signing.secrets()[0] }),
    'PATCH ': () => {
      endpoint.update(parseJsonObject(payload) ?? {});
      return { object: 'webhook', id };
    },
    'DELETE ': () => {
      endpoint.delete();
      return { object: 'webhook', id, deleted: true };
    },
    'POST signing-secret/rotate': () => ({
      object: 'webhook',
      id,
      signing_secret: signing.rotate(),
    }),
  };
  const operation = operations[`${method} ${action.join('/')}`];
  return operation && ok(operation());
}

const ok = (body: object): ResendResponse => ({ statusCode: 200, body });

function create(signing: ResendSigning, endpoint: ResendEndpoint, payload: string): ResendResponse {
  const { endpoint: address, events } = parseJsonObject(payload) ?? {};
  if (typeof address !== 'string' || !Array.isArray(events) || events.length === 0)
    return errorResponse(422, 'validation_error', 'endpoint and events are required.');
  if (endpoint.get() !== undefined)
    return errorResponse(422, 'validation_error', 'The sandbox keeps one webhook.');
  const { id } = endpoint.create(address, events);
  return ok({ object: 'webhook', id, signing_secret: signing.replace() });
}
