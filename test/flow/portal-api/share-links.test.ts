import { randomUUID } from 'node:crypto';
import { afterEach, expect, jest, test } from '@jest/globals';
import { members } from '../../../local/postgres/sample-portal.ts';
import { eventually } from '../../support/eventually.ts';
import { functionNamed, useLocal } from '../../support/local.ts';
import { makePostPortal } from '../../support/portal-api/portal-journey.ts';

jest.setTimeout(60_000);

const local = useLocal();
const HOUR_MS = 3_600_000;

afterEach(() => local().muxApi.setCondition('up'));

const post = makePostPortal(local);

async function readAsset(id: string) {
  const { rows } = await local().pool.query('select * from portal.assets where id = $1::uuid', [
    id,
  ]);
  return rows[0];
}

async function readLink(id: string) {
  const { rows } = await local().pool.query(
    `select link.status, token.revoked_at is not null as revoked
       from portal.share_links link join portal.share_link_tokens token on share_link_id = link.id
      where link.id = $1::uuid`,
    [id],
  );
  return rows[0];
}

/** Uploads a video and shares it. */
async function shareNewVideo(expiresAt: Date) {
  const upload = await post('uploads', { body: { ownerId: members.mira.id, title: 'A journey' } });
  const { assetId } = upload.json;
  await fetch(upload.json.uploadUrl, { method: 'PUT', body: 'a video' });
  await eventually(
    () => readAsset(assetId),
    ({ status }) => status === 'ready',
  );
  const body = {
    assetId,
    ownerId: members.mira.id,
    expiresAt: expiresAt.toISOString(),
    label: 'For the jury',
  };
  return { assetId, share: await post('share-links', { body }), body };
}

test('a video is uploaded, becomes ready, is shared, and its link expires', async () => {
  const key = randomUUID();
  const createUpload = () =>
    post('uploads', { key, body: { ownerId: members.tom.id, title: 'The whole way' } });
  const upload = await createUpload();
  expect(upload.status).toBe(201);
  const { assetId } = upload.json;
  expect(await readAsset(assetId)).toMatchObject({
    status: 'awaiting-upload',
    owner_id: members.tom.id,
  });
  const replay = await createUpload();
  expect(replay.text).toBe(upload.text);
  expect(replay.headers.get('idempotent-replayed')).toBe('true');

  const expiresAt = new Date(Date.now() + HOUR_MS);
  const share = {
    assetId,
    ownerId: members.tom.id,
    expiresAt: expiresAt.toISOString(),
    label: 'For the jury',
  };
  const shareKey = randomUUID();
  const early = await post('share-links', { key: shareKey, body: share });
  expect(early).toMatchObject({ status: 409, json: { type: 'asset-not-ready' } });
  expect(early.headers.get('content-type')).toBe('application/problem+json');

  expect((await fetch(upload.json.uploadUrl, { method: 'PUT', body: 'a video' })).status).toBe(200);
  const ready = await eventually(
    () => readAsset(assetId),
    ({ status }) => status === 'ready',
  );
  expect(ready).toMatchObject({
    status: 'ready',
    playback_policy: 'signed',
    owner_id: members.tom.id,
  });
  expect(ready.playback_url).toContain('token=');

  const shared = await post('share-links', { key: shareKey, body: share });
  expect(shared.status).toBe(201);
  expect(shared.json.url).toBe(
    `https://portal.dev.motion-mavericks.example/share/${shared.json.token}`,
  );
  expect((await post('share-links', { key: shareKey, body: share })).text).toBe(shared.text);
  expect(await readLink(shared.json.id)).toEqual({ status: 'active', revoked: false });

  const due = new Date(expiresAt.getTime() + 1000);
  expect(local().scheduler.runNow('JobsExpireShareLinksJob', due)).toBe(true);
  const expired = await eventually(
    () => readLink(shared.json.id),
    ({ status }) => status === 'expired',
  );
  expect(expired).toEqual({ status: 'expired', revoked: true });
  // The idempotency key outlives the link: a repeated request gets the same response.
  expect((await post('share-links', { key: shareKey, body: share })).text).toBe(shared.text);
  expect(await readLink(shared.json.id)).toEqual({ status: 'expired', revoked: true });
});

test('20 identical parallel requests create one link', async () => {
  const { body } = await shareNewVideo(new Date(Date.now() + HOUR_MS));
  const key = randomUUID();
  const request = { ...body, label: 'Once' };

  const responses = await Promise.all(
    Array.from({ length: 20 }, () => post('share-links', { key, body: request })),
  );

  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
  expect(
    responses.filter(({ headers }) => headers.get('idempotent-replayed') === null),
  ).toHaveLength(1);
  const { rowCount } = await local().pool.query(
    `select from portal.share_links where label = 'Once'`,
  );
  expect(rowCount).toBe(1);

  const other = await post('share-links', { key, body: { ...request, label: 'Twice' } });
  expect(other).toMatchObject({ status: 422, json: { type: 'idempotency-key-reused' } });
});

test('an upload is answered 503 while Mux is down, and succeeds later', async () => {
  const key = randomUUID();
  const body = { ownerId: members.mira.id, title: 'In bad weather' };
  local().muxApi.setCondition('down');
  const failed = await post('uploads', { key, body });
  expect(failed.status).toBe(503);
  expect(failed.headers.get('retry-after')).toBe('5');
  const count = async () =>
    (await local().pool.query(`select from portal.assets where title = 'In bad weather'`)).rowCount;
  expect(await count()).toBe(0);

  local().muxApi.setCondition('up');
  expect(await post('uploads', { key, body })).toMatchObject({ status: 201 });
  expect(await count()).toBe(1);
});

test('a request succeeds later after its function was killed during the call to Mux', async () => {
  const key = randomUUID();
  const body = { ownerId: members.mira.id, title: 'Killed amid the call' };
  local().muxApi.setCondition('hanging');
  const before = local().muxApi.requests();
  const first = post('uploads', { key, body });
  await eventually(
    () => local().muxApi.requests(),
    (requests) => requests > before,
  );
  await functionNamed(local(), 'CommandsCreateUpload').kill();
  expect((await first).status).toBe(500);
  local().muxApi.setCondition('up');

  expect(await post('uploads', { key, body })).toMatchObject({
    status: 409,
    json: { type: 'request-in-progress' },
  });
  const response = await eventually(
    () => post('uploads', { key, body }),
    ({ status }) => status !== 409,
  );
  expect(response.status).toBe(201);
});

test('an unsigned request is answered 403', async () => {
  const response = await post('uploads', { body: {}, authorization: 'Bearer nobody' });

  expect(response.status).toBe(403);
});
