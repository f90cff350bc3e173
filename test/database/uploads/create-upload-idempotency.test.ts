import { expect, jest, test } from '@jest/globals';
import { clockGoesForward } from '../../support/idempotency/idempotency-harness.ts';
import { aKey } from '../../support/portal-api/portal-requests.ts';
import { anUploadBody, useUploads } from '../../support/portal-api/upload-requests.ts';
import { useDatabase } from '../../support/postgres/database.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 24 });
const { mux, send, sendWith, assets } = useUploads(database);
const DAY_MS = 24 * 3_600_000;

test('replays the first response byte for byte, with one request to Mux', async () => {
  const key = aKey();
  const first = await send({ key, body: anUploadBody() });
  const replay = await send({ key, body: anUploadBody({ playbackPolicy: 'signed' }) });

  expect(replay).toMatchObject({
    status: 201,
    text: first.text,
    headers: { 'idempotent-replayed': 'true' },
  });
  expect(mux().requests()).toBe(1);
  const { rows } = await database.pool.query<{ row: string }>(
    'select row_to_json(record)::text as row from portal.idempotency_records record',
  );
  expect(rows.map(({ row }) => row).join()).not.toContain(first.json.uploadUrl);
});

test('20 identical concurrent requests create one upload', async () => {
  const key = aKey();
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => send({ key, body: anUploadBody() })),
  );

  const created = responses.filter(({ status }) => status === 201);
  const rejected = responses.filter(({ status }) => status === 409);
  expect(created.length + rejected.length).toBe(20);
  expect(new Set(created.map(({ text }) => text)).size).toBe(1);
  for (const response of rejected)
    expect(response).toMatchObject({
      headers: { 'retry-after': '1' },
      json: { type: 'request-in-progress' },
    });
  expect((await send({ key, body: anUploadBody() })).text).toBe(created[0]?.text);
  expect(mux().requests()).toBe(1);
  expect(await assets()).toHaveLength(1);
});

test('rejects a different request with the key, also while the first is running', async () => {
  const key = aKey();
  const both = await Promise.all([
    send({ key, body: anUploadBody() }),
    send({ key, body: anUploadBody({ title: 'Other' }) }),
  ]);

  expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
  expect(await send({ key, body: anUploadBody({ title: 'Third' }) })).toMatchObject({
    status: 422,
    json: { type: 'idempotency-key-reused' },
  });
  expect(mux().requests()).toBe(1);
});

test('creates another asset for a key whose record has expired', async () => {
  const key = aKey();
  const first = await send({ key, body: anUploadBody() });
  const tomorrow = new Date(Date.now() + DAY_MS + 60_000);
  clockGoesForward(DAY_MS + 60_000);

  const second = await sendWith({ now: () => tomorrow })({
    key,
    body: anUploadBody({ title: 'Another' }),
  });

  expect(second.status).toBe(201);
  expect(second.json.assetId).not.toBe(first.json.assetId);
  expect(await assets()).toMatchObject([{ title: 'The harbour at dawn' }, { title: 'Another' }]);
});
