import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openMuxWebhooks } from '../../../lambdas/signing-secrets/mux-webhooks-api.ts';
import { type MuxApi, startMuxApi } from '../../../local/sandbox/mux-api.ts';
import { type MuxWebhookList, makeMuxWebhookList } from '../../../local/sandbox/mux-webhooks.ts';

const address = 'https://api.example/api/v1/webhooks/mux';
const apiToken = JSON.stringify({ tokenId: 'system', tokenSecret: 'the-secret-of-the-token' });

let api: MuxApi;
let list: MuxWebhookList;
beforeEach(async () => {
  list = makeMuxWebhookList(address, () => 'first');
  api = await startMuxApi({ apiToken: () => '{}', webhooks: { list, apiToken: () => apiToken } });
  process.env['MUX_BASE_URL'] = api.url;
});
afterEach(async () => {
  delete process.env['MUX_BASE_URL'];
  await api.stop();
});

const open = (token = apiToken, timeoutMs = 8_000) =>
  openMuxWebhooks({ apiToken: async () => token, address, timeoutMs });

test('lists only the webhooks of our route, with any query', async () => {
  list.create(`${address}?rotation=1`);
  list.create(`${address}/elsewhere`);
  list.create('https://other.example/');

  expect((await open().list()).map((one) => one.address)).toEqual([
    address,
    `${address}?rotation=1`,
  ]);
});

test('creates a webhook and returns its secret, disables it and deletes it', async () => {
  const { id, secret } = await open().create({ rotation: 'abc' });
  expect(list.all().at(-1)).toMatchObject({
    id,
    address: `${address}?rotation=abc`,
    enabled: true,
  });
  expect(list.all().at(-1)?.secret()).toBe(secret);

  await open().disable(id);
  expect(await open().list()).toMatchObject([
    { enabled: true },
    { id, enabled: false, createdAt: expect.any(Date) },
  ]);
  await open().delete(id);
  expect(await open().list()).toHaveLength(1);
});

test.each([
  [
    'an address that exists',
    () =>
      open()
        .create({})
        .then(() => open().create({})),
    'create a webhook failed: status 400',
  ],
  [
    'a token without permission',
    () => open('{"tokenId":"a","tokenSecret":"b"}').list(),
    'status 401; the token needs System read',
  ],
  [
    'a token that is not JSON',
    () => open('somebody pasted the wrong thing').list(),
    'is not JSON with tokenId',
  ],
])('reports %s without any part of the token', async (_, request, sentence) => {
  const rejected = request();

  await expect(rejected).rejects.toThrow(sentence);
  await expect(rejected).rejects.not.toThrow(/somebody pasted|the-secret-of/);
});

test('reports that Mux does not respond', async () => {
  const stopped = api.url;
  await api.stop();
  process.env['MUX_BASE_URL'] = stopped;

  await expect(open().list()).rejects.toThrow(
    'The request to Mux to list webhooks failed: no response in time',
  );
});

test.each([
  { listed: {} },
  { listed: { id: 'one', address, enabled: true, created_at: 'yesterday' } },
  { listed: { id: 'one', enabled: true, created_at: '2026-01-01T00:00:00Z' } },
])('rejects a list with the webhook $listed', async ({ listed }) => {
  const pages = [[listed], []];
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: pages.shift() ?? [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['MUX_BASE_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  await expect(open().list()).rejects.toThrow(
    'The request to Mux to list webhooks failed: the response has an unexpected form.',
  );
  server.close();
});
