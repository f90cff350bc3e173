import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { type ResendSandbox, startResendSandbox } from '../../../local/sandbox/resend.ts';
import { makeResendSigning } from '../../../local/sandbox/resend-secrets.ts';

const address = 'https://api.example/api/v1/webhooks/resend';
const first = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let sandbox: ResendSandbox;
let url = '';
// Resend's package reads where it is when it is loaded.
let forward: Server;
let openResendWebhooks: typeof import('../../../lambdas/signing-secrets/resend-webhooks-api.ts').openResendWebhooks;

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
  const answer = await fetch(`${url}${request.url}`, {
    method,
    headers: { authorization: String(headers.authorization) },
  });
  response
    .writeHead(answer.status, { 'content-type': 'application/json' })
    .end(await answer.text());
}

beforeEach(async () => {
  sandbox = await startResendSandbox({
    ...{
      apiKey: () => 're_sending',
      webhooksKey: () => 're_full',
      webhookUrl: address,
      timeScale: 1,
    },
    signing: makeResendSigning(() => [first]),
  });
  ({ url } = sandbox);
});
afterEach(() => sandbox.stop());

const open = (key = 're_full', of = address) =>
  openResendWebhooks({ apiKey: async () => key, address: of });

test('the webhook that leads here is found with what it signs with, and is given a new secret', async () => {
  const [webhook, ...others] = await open().list();
  expect([webhook, others]).toEqual([{ id: expect.any(String), secret: first }, []]);

  const fresh = await open().rotate(webhook?.id ?? '');

  expect(fresh).toMatch(/^whsec_/);
  expect(fresh).not.toBe(first);
  expect(await open().list()).toEqual([{ id: webhook?.id, secret: fresh }]);
});

test('one that leads elsewhere is not ours', async () => {
  expect(await open('re_full', 'https://other.example/').list()).toEqual([]);
});

test.each([
  [
    'for sending only',
    're_sending',
    'it answered 401 restricted_api_key; the key needs full access',
  ],
  ['of nobody', 're_nobody', 'it answered 403 invalid_api_key; the key needs full access'],
])('a key %s is told of in a sentence that does not hold it', async (_, key, sentence) => {
  const refused = open(key).list();
  await expect(refused).rejects.toThrow(`Resend was asked to list webhooks: ${sentence}.`);
  await expect(refused).rejects.not.toThrow(key);
});
