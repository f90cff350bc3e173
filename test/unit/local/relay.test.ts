import { afterEach, expect, test } from '@jest/globals';
import { providers, webhookPath } from '../../../lambdas/catalog/providers.ts';
import { makeHttpApi } from '../../../local/aws/http-api.ts';
import { type Relay, startRelay } from '../../../local/relay.ts';

let relay: Relay | undefined;
afterEach(() => relay?.stop());

async function start() {
  const api = makeHttpApi();
  const invoke = async (event: unknown) => ({
    ok: true as const,
    requestId: 'r',
    result: { statusCode: 200, body: JSON.stringify((event as { rawPath: string }).rawPath) },
  });
  const route = { method: 'ANY', path: '$default', key: '$default', invoke };
  api.open([route], '', {
    path: '/console',
    respond: async (_, response) => void response.end('console'),
  });
  relay = await startRelay(api, 0);
  return relay.url;
}

test.each(providers)('relays the webhooks of %s', async (provider) => {
  const url = await start();
  const response = await fetch(`${url}${webhookPath(provider)}?a=1`, {
    method: 'POST',
    body: '{}',
  });

  expect([response.status, await response.json()]).toEqual([200, webhookPath(provider)]);
});

test.each([
  ['POST', '/api/v1/operations/events-list'],
  ['POST', '/api/v1/share-links'],
  ['POST', '/api/v1/webhooks/mux/../../operations/events-list'],
  ['POST', '/api/v1/webhooks/unknown'],
  ['GET', '/api/v1/webhooks/mux'],
  ['GET', '/console'],
  ['GET', '/'],
])('relays no %s of %s', async (method, path) => {
  const url = await start();
  const response = await fetch(`${url}${path}`, { method });

  expect(response.status).toBe(404);
});

test('names its option if the port is in use', async () => {
  const { port } = new URL(await start());

  await expect(startRelay(makeHttpApi(), Number(port))).rejects.toThrow(
    `Port ${port} of 127.0.0.1 is in use. Stop the program that listens there, or choose another ` +
      'port with --relay-port.',
  );
});
