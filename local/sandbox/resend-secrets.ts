import { randomBytes } from 'node:crypto';

/** What Resend signs with: the newest secret first, and those before it for a day. */
export interface ResendSigning {
  secrets(): readonly string[];
  /** @returns the new one. */
  rotate(): string;
  /** Makes every secret older, where a test cannot wait. */
  age(milliseconds: number): void;
}

const BOTH_MS = 24 * 3_600_000;

/** @param stored What the operator has stored: that is signed with until the first rotation. */
export function makeResendSigning(stored: () => readonly string[]): ResendSigning {
  let newest: string | undefined;
  let older: readonly { readonly secret: string; readonly until: number }[] = [];
  const live = () => older.filter(({ until }) => until > Date.now());
  return {
    secrets: () =>
      newest === undefined ? stored() : [newest, ...live().map(({ secret }) => secret)],
    rotate() {
      const until = Date.now() + BOTH_MS;
      const replaced = newest === undefined ? stored() : [newest];
      older = [...replaced.map((secret) => ({ secret, until })), ...live()];
      newest = `whsec_${randomBytes(24).toString('base64')}`;
      return newest;
    },
    age(milliseconds) {
      older = older.map(({ secret, until }) => ({ secret, until: until - milliseconds }));
    },
  };
}

export interface ResendAnswer {
  readonly statusCode: number;
  readonly body: object;
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
  ],
};

/** The one webhook that leads here: https://resend.com/docs/api-reference/webhooks/list-webhooks and what follows it. */
export function answerResendWebhooks(
  signing: ResendSigning,
  endpoint: string,
  {
    method = '',
    url = '',
  }: { readonly method?: string | undefined; readonly url?: string | undefined },
): ResendAnswer | undefined {
  const [path] = url.split('?');
  const { id } = webhook;
  const one = { object: 'webhook', ...webhook, endpoint };
  const answers: Readonly<Record<string, () => object>> = {
    'GET /webhooks': () => ({ object: 'list', has_more: false, data: [{ ...webhook, endpoint }] }),
    [`GET /webhooks/${id}`]: () => ({ ...one, signing_secret: signing.secrets()[0] }),
    [`POST /webhooks/${id}/signing-secret/rotate`]: () => ({
      object: 'webhook',
      id,
      signing_secret: signing.rotate(),
    }),
  };
  const answer = answers[`${method} ${path}`];
  return answer && { statusCode: 200, body: answer() };
}
