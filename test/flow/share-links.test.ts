import { randomUUID } from 'node:crypto';
import { afterEach, expect, jest, test } from '@jest/globals';
import { members } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { functionNamed, useLocal } from '../support/local.ts';

jest.setTimeout(60_000);

const local = useLocal();
const HOUR_MS = 3_600_000;

afterEach(() => local().muxApi.setCondition('up'));

interface Call {
  readonly body: object;
  readonly key?: string;
  readonly authorization?: string;
}

async function post(path: string, { body, key = randomUUID(), authorization }: Call) {
  const response = await fetch(`${local().url}/api/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `"${key}"`,
      authorization: authorization ?? 'AWS4-HMAC-SHA256 Credential=LOCAL',
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

async function film(id: string) {
  const { rows } = await local().pool.query('select * from portal.assets where id = $1::uuid', [
    id,
  ]);
  return rows[0];
}

async function link(id: string) {
  const { rows } = await local().pool.query(
    `select link.status, token.revoked_at is not null as revoked
       from portal.share_links link join portal.share_link_tokens token on share_link_id = link.id
      where link.id = $1::uuid`,
    [id],
  );
  return rows[0];
}

/** Up to the link. */
async function aSharedFilm(expiresAt: Date) {
  const upload = await post('uploads', { body: { ownerId: members.mira.id, title: 'A journey' } });
  const { assetId } = upload.json;
  await fetch(upload.json.uploadUrl, { method: 'PUT', body: 'a film' });
  await eventually(
    () => film(assetId),
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

test('a film is uploaded, becomes ready by webhooks of Mux, is shared, and its link expires', async () => {
  const key = randomUUID();
  const ask = () =>
    post('uploads', { key, body: { ownerId: members.tom.id, title: 'The whole way' } });
  const upload = await ask();
  expect(upload.status).toBe(201);
  const { assetId } = upload.json;
  expect(await film(assetId)).toMatchObject({
    status: 'awaiting-upload',
    owner_id: members.tom.id,
  });
  const replay = await ask();
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

  expect((await fetch(upload.json.uploadUrl, { method: 'PUT', body: 'a film' })).status).toBe(200);
  const ready = await eventually(
    () => film(assetId),
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
  expect(await link(shared.json.id)).toEqual({ status: 'active', revoked: false });

  const due = new Date(expiresAt.getTime() + 1000);
  expect(local().scheduler.runNow('JobsExpireShareLinksJob', due)).toBe(true);
  const gone = await eventually(
    () => link(shared.json.id),
    ({ status }) => status === 'expired',
  );
  expect(gone).toEqual({ status: 'expired', revoked: true });
  // The key outlives the link: who asks again has the same answer, and the link stays expired.
  expect((await post('share-links', { key: shareKey, body: share })).text).toBe(shared.text);
  expect(await link(shared.json.id)).toEqual({ status: 'expired', revoked: true });
});

test('20 identical requests at once make one link', async () => {
  const { body } = await aSharedFilm(new Date(Date.now() + HOUR_MS));
  const key = randomUUID();
  const again = { ...body, label: 'Once' };

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post('share-links', { key, body: again })),
  );

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(
    1,
  );
  const { rowCount } = await local().pool.query(
    `select from portal.share_links where label = 'Once'`,
  );
  expect(rowCount).toBe(1);

  const other = await post('share-links', { key, body: { ...again, label: 'Twice' } });
  expect(other).toMatchObject({ status: 422, json: { type: 'idempotency-key-reused' } });
});

test('while Mux is down an upload is put off, and the same request makes it later', async () => {
  const key = randomUUID();
  const body = { ownerId: members.mira.id, title: 'In bad weather' };
  local().muxApi.setCondition('down');
  const refused = await post('uploads', { key, body });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  const count = async () =>
    (await local().pool.query(`select from portal.assets where title = 'In bad weather'`)).rowCount;
  expect(await count()).toBe(0);

  local().muxApi.setCondition('up');
  expect(await post('uploads', { key, body })).toMatchObject({ status: 201 });
  expect(await count()).toBe(1);
});

test('a function that is killed while it waits for Mux leaves nothing; after its time the request goes through', async () => {
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
  const answer = await eventually(
    () => post('uploads', { key, body }),
    ({ status }) => status !== 409,
  );
  expect(answer.status).toBe(201);
});

test('who does not sign is not let in', async () => {
  const response = await post('uploads', { body: {}, authorization: 'Bearer nobody' });

  expect(response.status).toBe(403);
});
