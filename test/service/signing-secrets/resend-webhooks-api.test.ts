import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type * as ResendWebhooksApi from '../../../lambdas/signing-secrets/resend-webhooks-api.ts';
import { type ResendSandbox, startResendSandbox } from '../../../local/sandbox/resend.ts';
import { makeResendSigning } from '../../../local/sandbox/resend-secrets.ts';

const address = 'https://api.example/api/v1/webhooks/resend';
const first = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let sandbox: ResendSandbox;
let url = '';
// Forwards to the sandbox of each test: Resend's package reads its base URL only once, at import.
let forward: Server;
let openResendWebhooks: typeof ResendWebhooksApi.openResendWebhooks;

beforeAll(async () => {
  forward = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => forward.listen(0, '127.0.0.1', resolve));
  process.env['RESEND_BASE_URL'] = `http://127.0.0.1:${(forward.address() as AddressInfo).port}`;
  jest.resetModules();
  ({ openResendWebhooks } = await import(
    '../../../lambdas/signing-secrets/resend-webhooks-api.ts'
  ));
});
afterAll(() => void forward.close());

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request;
  const reply = await fetch(`${url}${request.url}`, {
    method,
    headers: { authorization: String(headers.authorization) },
  });
  response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text());
}

beforeEach(async () => {
  sandbox = await startResendSandbox({
    apiKey: () => 're_sending',
    webhooksKey: () => 're_full',
    webhookUrl: address,
    timeScale: 1,
    signing: makeResendSigning(() => [first]),
  });
  ({ url } = sandbox);
});
afterEach(() => sandbox.stop());

const open = (key = 're_full', endpoint = address) =>
  openResendWebhooks({ apiKey: async () => key, address: endpoint });

test('lists the webhook of our route with its secret, and rotates the secret', async () => {
  const [webhook, ...others] = await open().list();
  expect([webhook, others]).toEqual([{ id: expect.any(String), secret: first }, []]);

  const fresh = await open().rotate(webhook?.id ?? '');

  expect(fresh).toMatch(/^whsec_/);
  expect(fresh).not.toBe(first);
  expect(await open().list()).toEqual([{ id: webhook?.id, secret: fresh }]);
});

test('ignores a webhook of another route', async () => {
  expect(await open('re_full', 'https://other.example/').list()).toEqual([]);
});

test.each([
  [
    'with sending access only',
    're_sending',
    'status 401 restricted_api_key; the key needs full access',
  ],
  ['that does not exist', 're_unknown', 'status 403 invalid_api_key; the key needs full access'],
])('reports a key %s without any part of the key', async (_, key, sentence) => {
  const rejected = open(key).list();
  await expect(rejected).rejects.toThrow(
    `The request to Resend to list webhooks failed: ${sentence}.`,
  );
  await expect(rejected).rejects.not.toThrow(key);
});
