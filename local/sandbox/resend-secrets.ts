import { randomBytes } from 'node:crypto';
import type { ResendResponse } from './resend-response.ts';

/**
 * Signing secrets of the webhook: the newest first, then older ones for a day after their rotation.
 * https://resend.com/docs/api-reference/webhooks/rotate-signing-secret
 */
export interface ResendSigning {
  secrets(): readonly string[];
  /** @returns the new secret. */
  rotate(): string;
  /** Moves every rotation into the past, for tests of long periods. */
  age(milliseconds: number): void;
}

const OVERLAP_MS = 24 * 3_600_000;

/** @param stored Returns the secrets that the operator stored; used until the first rotation. */
export function makeResendSigning(stored: () => readonly string[]): ResendSigning {
  let newest: string | undefined;
  let older: readonly { readonly secret: string; readonly until: number }[] = [];
  const valid = () => older.filter(({ until }) => until > Date.now());
  return {
    secrets: () =>
      newest === undefined ? stored() : [newest, ...valid().map(({ secret }) => secret)],
    rotate() {
      const until = Date.now() + OVERLAP_MS;
      const replaced = newest === undefined ? stored() : [newest];
      older = [...replaced.map((secret) => ({ secret, until })), ...valid()];
      newest = `whsec_${randomBytes(24).toString('base64')}`;
      return newest;
    },
    age(milliseconds) {
      older = older.map(({ secret, until }) => ({ secret, until: until - milliseconds }));
    },
  };
}

const webhook = {
  id: '4dd369bc-aa82-4ff3-97de-514ae3000ee0',
  created_at: '2026-01-12T10:00:00.000Z',
  status: 'enabled',
  events: [
    'email.sent',
    'email.delivered',
    'email.bounced',
    'email.complained',
    'email.opened',
    'email.clicked',
    'email.suppressed',
    'suppression.added',
    'suppression.removed',
  ],
};

/**
 * Serves the account's one webhook, which points to this instance.
 * https://resend.com/docs/api-reference/webhooks/list-webhooks and the pages after that.
 */
export function handleResendWebhookRequest(
  signing: ResendSigning,
  endpoint: string,
  {
    method = '',
    url = '',
  }: { readonly method?: string | undefined; readonly url?: string | undefined },
): ResendResponse | undefined {
  const [path] = url.split('?');
  const { id } = webhook;
  const item = { object: 'webhook', ...webhook, endpoint };
  const operations: Readonly<Record<string, () => object>> = {
    'GET /webhooks': () => ({ object: 'list', has_more: false, data: [{ ...webhook, endpoint }] }),
    [`GET /webhooks/${id}`]: () => ({ ...item, signing_secret: signing.secrets()[0] }),
    [`POST /webhooks/${id}/signing-secret/rotate`]: () => ({
      object: 'webhook',
      id,
      signing_secret: signing.rotate(),
    }),
  };
  const operation = operations[`${method} ${path}`];
  return operation && { statusCode: 200, body: operation() };
}
