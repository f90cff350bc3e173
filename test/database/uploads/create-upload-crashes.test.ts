import { expect, jest, test } from '@jest/globals';
import { startChild } from '../../support/crash/child-process.ts';
import type { PortalRequestOrder, StopPoint } from '../../support/crash/portal-request-child.ts';
import { clockGoesForward } from '../../support/idempotency/idempotency-harness.ts';
import { aKey, REMAINING_MS } from '../../support/portal-api/portal-requests.ts';
import { anUploadBody, useUploads } from '../../support/portal-api/upload-requests.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 24 });
const { mux, send, assets } = useUploads(database);

async function startRequest(point: StopPoint, key: string) {
  const child = startChild('./portal-request-child.ts', {
    url: database.url,
    operation: 'create-upload',
    point,
    key,
    body: anUploadBody(),
    muxUrl: mux().url,
  } satisfies PortalRequestOrder);
  await child.printed('reached');
  return child;
}

async function crashRequest(point: StopPoint, key: string) {
  const child = await startRequest(point, key);
  child.process.kill('SIGKILL');
  await child.ended;
}

// The key stays locked until the deadline of the dead process. The next request then creates one
// asset, and the upload of the dead process is left at Mux.
test.each([
  ['after Mux', 0],
  ['after the row', 1],
] as const)(
  'creates one asset and leaves one orphaned upload if the process dies %s',
  async (point, rowsLeft) => {
    const key = aKey();
    await crashRequest(point, key);
    expect(await assets()).toHaveLength(rowsLeft);
    expect(await send({ key, body: anUploadBody() })).toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
    });

    clockGoesForward(REMAINING_MS + 1_000);
    const response = await send({ key, body: anUploadBody() });

    expect(response).toMatchObject({ status: 201 });
    const [orphan, upload] = mux().uploads();
    expect(response.json.uploadUrl).toBe(upload?.url);
    expect(await assets()).toMatchObject([
      { id: response.json.assetId, mux_upload_id: upload?.id },
    ]);
    expect(orphan?.settings['passthrough']).toBe(response.json.assetId);
    expect((await send({ key, body: anUploadBody() })).text).toBe(response.text);
    expect(mux().uploads()).toHaveLength(2);
  },
);

test('events of the orphaned upload do not change the asset', async () => {
  const key = aKey();
  await crashRequest('after the row', key);
  clockGoesForward(REMAINING_MS + 1_000);
  const { assetId } = (await send({ key, body: anUploadBody() })).json;
  jest.restoreAllMocks();
  const [orphan] = mux().uploads();

  const cancelled = aMuxRecord({
    id: 'event-of-the-orphan',
    type: 'video.upload.cancelled',
    created_at: new Date().toISOString(),
    data: { id: orphan?.id, new_asset_settings: orphan?.settings },
  });
  expect(await aMuxProcessor(database.pool).process([cancelled])).toEqual([]);

  const [asset] = (await assets()).filter(({ id }) => id === assetId);
  expect(asset).toMatchObject({ status: 'awaiting-upload', mux_upload_id: mux().uploads()[1]?.id });
});

test('a slow attempt does not replace the upload of a later attempt', async () => {
  const key = aKey();
  const slow = await startRequest('after Mux', key);
  clockGoesForward(REMAINING_MS + 1_000);
  const response = await send({ key, body: anUploadBody() });
  expect(response.status).toBe(201);

  slow.process.stdin?.write('continue\n');
  expect(await slow.printed('answer')).toMatch(/^409 /);
  expect(await assets()).toMatchObject([
    { id: response.json.assetId, mux_upload_id: mux().uploads()[1]?.id },
  ]);
  expect((await send({ key, body: anUploadBody() })).text).toBe(response.text);
  await slow.ended;
});
