import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { type Provider, webhookPath } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import { requireLoopback } from './loopback.ts';

const LEDGER_LIMIT_MS = 60_000;

const READ_EVENT = `
  select status, attempts, error_code
    from portal.webhook_events
   where source = $1::text and event_id = $2::text`;

/** Statuses of an event that the processor has finished. */
const finished = ['processed', 'ignored'];

export interface WebhookRoute {
  readonly provider: Provider;
  /** URL of the emulator. */
  readonly endpoint: string;
  /** Output ApiUrl of the deployed stack. Its host is AWS's, and is never called. */
  readonly apiUrl: string;
  readonly signingSecret: string;
}

/** Returns the address at which the emulator serves an API that AWS would serve at `apiUrl`. */
export function emulatedRoute(route: Omit<WebhookRoute, 'signingSecret'>): string {
  const { provider, endpoint, apiUrl } = route;
  const api = /^https?:\/\/([a-z0-9]+)\.execute-api\./.exec(apiUrl)?.[1];
  if (api === undefined) throw new Error(`ApiUrl ${apiUrl} names no API of API Gateway.`);
  return `${requireLoopback(endpoint)}/_aws/execute-api/${api}/$default${webhookPath(provider)}`;
}

export interface PostedWebhook {
  readonly provider: Provider;
  readonly eventId: string;
  readonly eventType: string;
  readonly status: number;
  readonly body: string;
}

/** Posts a signed sample event, as the provider would. */
export async function postWebhook(route: WebhookRoute): Promise<PostedWebhook> {
  const { provider, signingSecret } = route;
  const { signature, events } = registry[provider];
  const [eventType, data] = Object.entries(events.samples)[0] ?? [];
  if (eventType === undefined || data === undefined)
    throw new Error(`${provider} has no sample of an event.`);
  const eventId = randomUUID();
  const event = { eventId, eventType, at: new Date(), data };
  const { headers, body } = signature.sign(event, signingSecret);
  const response = await fetch(emulatedRoute(route), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'error',
  });
  return { provider, eventId, eventType, status: response.status, body: await response.text() };
}

/** Makes a secret that the provider could have issued. */
export const makeSigningSecret = (provider: Provider): string =>
  registry[provider].signature.formatSecret(randomBytes(32));

/**
 * Waits until the deployed processor has recorded the event.
 * @returns how it is recorded. @throws with the last state if that takes too long.
 */
export async function waitForLedger(
  databaseUrl: string,
  { provider, eventId }: Pick<PostedWebhook, 'provider' | 'eventId'>,
): Promise<string> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const deadline = Date.now() + LEDGER_LIMIT_MS;
    for (;;) {
      const { rows } = await client.query(READ_EVENT, [provider, eventId]);
      const state = rows.length === 0 ? 'not in the ledger' : JSON.stringify(rows[0]);
      if (finished.includes(rows[0]?.status)) return state;
      if (Date.now() > deadline)
        throw new Error(`The event ${eventId} was not processed within 60 s: ${state}.`);
      await setTimeout(250);
    }
  } finally {
    await client.end();
  }
}
