import { expect, jest, test } from '@jest/globals';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { aKey } from '../../support/portal-api/portal-requests.ts';
import { anUploadBody, useUploads } from '../../support/portal-api/upload-requests.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anOwner } from '../../support/share-links/share-links.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 24 });
const { mux, send, sendWith, assets, countRecords } = useUploads(database);

test('creates an asset that awaits its file, and a signed upload for it at Mux', async () => {
  const response = await send({ body: anUploadBody() });

  expect(response.status).toBe(201);
  const contract = contracts['create-upload'].response.strict();
  expect(contract.parse(response.json)).toEqual(response.json);
  const [upload] = mux().uploads();
  expect(upload).toMatchObject({
    corsOrigin: 'https://portal.example',
    timeout: 3600,
    settings: {
      passthrough: response.json.assetId,
      playback_policies: ['signed'],
      meta: {
        external_id: response.json.assetId,
        creator_id: anOwner(1),
        title: 'The harbour at dawn',
      },
    },
  });
  expect(response.json).toEqual({
    assetId: expect.any(String),
    uploadUrl: upload?.url,
    uploadExpiresAt: expect.stringMatching(/Z$/),
  });
  expect(await assets()).toEqual([
    {
      id: response.json.assetId,
      owner_id: anOwner(1),
      title: 'The harbour at dawn',
      status: 'awaiting-upload',
      mux_upload_id: upload?.id,
    },
  ]);
});

test('the lifetime of the URL is a setting: at Mux, in the response and in the row', async () => {
  const startedAt = new Date('2026-03-01T09:00:00Z');
  const response = await sendWith({ uploadSeconds: 600, now: () => startedAt })({
    body: anUploadBody(),
  });

  expect(mux().uploads()).toMatchObject([{ timeout: 600 }]);
  expect(response.json.uploadExpiresAt).toBe('2026-03-01T09:10:00.000Z');
  const { rows } = await database.pool.query('select upload_expires_at from portal.assets');
  expect(rows).toEqual([{ upload_expires_at: new Date('2026-03-01T09:10:00Z') }]);
});

test('creates a public upload on request', async () => {
  await send({ body: anUploadBody({ playbackPolicy: 'public' }) });

  expect(mux().uploads()).toMatchObject([{ settings: { playback_policies: ['public'] } }]);
});

test.each([
  ['down', '5'],
  ['busy', '7'],
  ['hanging', '5'],
  ['trickling', '5'],
] as const)(
  'writes nothing while Mux is %s, and accepts the same request later',
  async (condition, retryAfter) => {
    const key = aKey();
    mux().setCondition(condition);
    const startedAt = performance.now();

    expect(await send({ key, body: anUploadBody() })).toMatchObject({
      status: 503,
      headers: { 'retry-after': retryAfter },
      json: { type: 'try-again' },
    });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(await assets()).toEqual([]);
    expect(await countRecords()).toBe(0);
    expect(mux().requests()).toBe(1);

    mux().setCondition('up');
    expect(await send({ key, body: anUploadBody() })).toMatchObject({ status: 201 });
    expect(await assets()).toHaveLength(1);
  },
);

test('returns 503 if Mux is unreachable', async () => {
  const response = await sendWith({ muxUrl: 'http://127.0.0.1:9' })({ body: anUploadBody() });

  expect(response).toMatchObject({ status: 503 });
  expect(await assets()).toEqual([]);
});

test.each([
  [
    'wrong',
    async () => JSON.stringify({ tokenId: 'token-1', tokenSecret: 'old' }),
    502,
    'mux-refused',
  ],
  ['malformed', async () => 'secret', 502, 'mux-refused'],
  [
    'unreadable',
    async () => Promise.reject(new Error('Secrets Manager is unavailable')),
    503,
    'try-again',
  ],
])('creates nothing if the API token is %s', async (_, apiToken, status, type) => {
  const response = await sendWith({ apiToken })({ body: anUploadBody() });

  expect(response).toMatchObject({ status, json: { type } });
  expect(response.text).not.toContain('old');
  expect(await assets()).toEqual([]);
  expect(await countRecords()).toBe(0);
});

test('sends no request to Mux for an unknown member', async () => {
  expect(await send({ body: anUploadBody({ ownerId: anOwner(99) }) })).toMatchObject({
    status: 404,
    json: { type: 'owner-not-found' },
  });
  expect(mux().requests()).toBe(0);
});
