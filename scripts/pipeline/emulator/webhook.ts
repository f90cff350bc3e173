import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { webhookPath } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import { requireLoopback } from './loopback.ts';

const PROVIDER = 'mux';
const { signature } = registry[PROVIDER];
const LEDGER_LIMIT_MS = 60_000;

const READ_EVENT = `
  select event.status, event.attempts, event.error_code, asset.status as asset_status
    from portal.webhook_events as event
    left join portal.assets as asset on asset.mux_asset_id = $3::text
   where event.source = $1::text and event.event_id = $2::text`;

export interface WebhookRoute {
  /** URL of the emulator. */
  readonly endpoint: string;
  /** Output ApiUrl of the deployed stack. Its host is AWS's, and is never called. */
  readonly apiUrl: string;
  readonly signingSecret: string;
}

/** Returns the address at which the emulator serves an API that AWS would serve at `apiUrl`. */
export function emulatedRoute({ endpoint, apiUrl }: Omit<WebhookRoute, 'signingSecret'>): string {
  const api = /^https?:\/\/([a-z0-9]+)\.execute-api\./.exec(apiUrl)?.[1];
  if (api === undefined) throw new Error(`ApiUrl ${apiUrl} names no API of API Gateway.`);
  return `${requireLoopback(endpoint)}/_aws/execute-api/${api}/$default${webhookPath(PROVIDER)}`;
}

export interface PostedWebhook {
  readonly eventId: string;
  readonly assetId: string;
  readonly status: number;
  readonly body: string;
}

/** Posts a signed event about a new video, as the provider would. */
export async function postWebhook(route: WebhookRoute): Promise<PostedWebhook> {
  const eventId = randomUUID();
  const assetId = randomUUID().replaceAll('-', '');
  const event = {
    eventId,
    eventType: 'video.asset.created',
    at: new Date(),
    data: { id: assetId, status: 'preparing' },
  };
  const { headers, body } = signature.sign(event, route.signingSecret);
  const response = await fetch(emulatedRoute(route), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'error',
  });
  return { eventId, assetId, status: response.status, body: await response.text() };
}

/** Secret that the provider could have issued. */
export const makeSigningSecret = (): string =>
  signature.formatSecret(crypto.getRandomValues(Buffer.alloc(32)));

/**
 * Waits until the deployed processor has applied the event.
 * @returns how it is recorded. @throws with the last state if that takes too long.
 */
export async function waitForEffect(
  databaseUrl: string,
  { eventId, assetId }: Pick<PostedWebhook, 'eventId' | 'assetId'>,
): Promise<string> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const deadline = Date.now() + LEDGER_LIMIT_MS;
    for (;;) {
      const { rows } = await client.query(READ_EVENT, [PROVIDER, eventId, assetId]);
      const state = rows.length === 0 ? 'not in the ledger' : JSON.stringify(rows[0]);
      if (rows[0]?.status === 'processed' && rows[0]?.asset_status === 'processing') return state;
      if (Date.now() > deadline)
        throw new Error(`The event ${eventId} had no effect within 60 s: ${state}.`);
      await setTimeout(250);
    }
  } finally {
    await client.end();
  }
}
