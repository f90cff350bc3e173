import { createHash } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { type Child, startChild } from '../../support/crash/crash-child-process.ts';
import type { CommandOrder } from '../../support/crash/portal-request-child.ts';
import {
  blockedSessions,
  clockGoesForward,
  waitForOthers,
} from '../../support/idempotency/idempotency-harness.ts';
import { aKey, aShareLinkCommand, backend } from '../../support/portal-requests.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { addOwners, anAsset, anOwner } from '../../support/share-links.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 24 });
const DAY_MS = 24 * 3_600_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
const request = (more: object = {}) => ({
  assetId: anAsset(1),
  ownerId: anOwner(1),
  expiresAt: '2026-12-24T10:00:00Z',
  label: 'For the festival',
  ...more,
});
const now = () => new Date('2026-12-01T00:00:00Z');
const send = (call: Parameters<ReturnType<typeof aShareLinkCommand>>[0]) =>
  aShareLinkCommand(database.pool, { now })(call);

beforeAll(() => addOwners(database.pool, 3));
beforeEach(async () => {
  await database.pool.query('truncate portal.share_links cascade');
  await database.pool.query('truncate portal.idempotency_records');
});
afterEach(() => {
  jest.restoreAllMocks();
});

async function totals() {
  const { rows } = await database.pool.query(`
    select (select count(*)::int from portal.share_links) as links,
           (select count(*)::int from portal.share_link_tokens) as tokens,
           (select count(*)::int from portal.idempotency_records) as records`);
  return rows[0];
}

test('a link has its row, and of its token nothing but the hash is anywhere in Postgres', async () => {
  const answer = await send({ body: request() });

  expect(answer.status).toBe(201);
  expect(contracts['create-share-link'].answer.strict().parse(answer.json)).toEqual(answer.json);
  const { id, token, url, ...rest } = answer.json;
  expect(rest).toEqual({ ...request(), expiresAt: '2026-12-24T10:00:00.000Z' });
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(url).toBe(`https://portal.example/share/${token}`);
  const { rows } = await database.pool.query(
    `select link.status, link.label, link.owner_id, token_hash
       from portal.share_links link join portal.share_link_tokens on share_link_id = link.id where link.id = $1::uuid`,
    [id],
  );
  expect(rows).toEqual([
    {
      status: 'active',
      label: 'For the festival',
      owner_id: anOwner(1),
      token_hash: createHash('sha256').update(token).digest(),
    },
  ]);
  const { rows: everything } = await database.pool.query<{ row: string }>(`
    select row_to_json(record)::text as row from portal.idempotency_records record
    union all select row_to_json(link)::text from portal.share_links link
    union all select row_to_json(token)::text from portal.share_link_tokens token`);
  expect(everything).toHaveLength(3);
  expect(everything.map(({ row }) => row).join()).not.toContain(token);
});

test('the same request is given the first answer, byte for byte, even after the link has expired', async () => {
  const key = aKey();
  const first = await send({ key, body: request() });
  const reordered = Object.fromEntries(Object.entries(request()).reverse());
  const again = await send({ key, body: reordered });
  const bare = await send({ key: key.replaceAll('"', ''), body: request() });
  const later = await aShareLinkCommand(database.pool, { now: () => new Date('2027-03-01') })({
    key,
    body: request(),
  });

  expect(first.headers).not.toHaveProperty('idempotent-replayed');
  for (const replay of [again, bare, later]) {
    expect(replay).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    expect(replay.text).toBe(first.text);
  }
  expect(await totals()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('20 identical requests at once make one link, and all have the same answer', async () => {
  const key = aKey();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send({ key, body: request() })),
  );

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(
    answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined),
  ).toHaveLength(1);
  expect(await totals()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('two different requests with one key: one is carried out, the other is refused, at once or later', async () => {
  const key = aKey();
  const both = await Promise.all([
    send({ key, body: request({ label: 'one' }) }),
    send({ key, body: request({ label: 'other' }) }),
  ]);
  const made = both.find(({ status }) => status === 201);
  const third = await send({ key, body: request({ label: 'third' }) });

  expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
  expect(third).toMatchObject({ status: 422, json: { type: 'idempotency-key-reused' } });
  expect(third.text).not.toContain(made?.json.token);
  expect(await totals()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('one key is another for another caller, and the same for each session of a role', async () => {
  const key = aKey();
  const first = await send({ key, body: request() });
  const sameRole = await send({
    key,
    body: request(),
    caller: backend.replace('task-1', 'task-2'),
  });
  const otherRole = await send({
    key,
    body: request({ label: 'other' }),
    caller: 'arn:aws:iam::1:user/other',
  });

  expect(sameRole.text).toBe(first.text);
  expect(otherRole.status).toBe(201);
  expect(otherRole.json.token).not.toBe(first.json.token);
  expect(await totals()).toMatchObject({ links: 2 });
});

test('a key is forgotten after the hours of the setting', async () => {
  const key = aKey();
  await send({ key, body: request() });
  clockGoesForward(DAY_MS - 60_000);
  expect(await send({ key, body: request() })).toMatchObject({
    headers: { 'idempotent-replayed': 'true' },
  });

  clockGoesForward(121_000);
  const fresh = await send({ key, body: request({ label: 'another' }) });
  expect(fresh).toMatchObject({ status: 201, json: { label: 'another' } });
  expect(fresh.headers).not.toHaveProperty('idempotent-replayed');
});

test('while the first is still running, a duplicate waits, and after two seconds is told to come again', async () => {
  const key = aKey();
  const child = startChild('./portal-request-child.ts', {
    ...{
      url: database.url,
      command: 'create-share-link',
      point: 'before COMMIT',
      key,
      body: request({ expiresAt: inDays(3) }),
    },
  } satisfies CommandOrder);
  await child.said('reached');

  const startedAt = performance.now();
  const refused = await aShareLinkCommand(database.pool)({
    key,
    body: request({ expiresAt: inDays(3) }),
  });
  expect(refused).toMatchObject({
    status: 409,
    headers: { 'retry-after': '1' },
    json: { type: 'request-in-progress' },
  });
  expect(performance.now() - startedAt).toBeGreaterThan(1_900);
  await end(child);
});

test('a process that is killed before its commit leaves nothing, and who waited for it makes the link', async () => {
  const key = aKey();
  const body = request({ expiresAt: inDays(3) });
  const child = startChild('./portal-request-child.ts', {
    ...{ url: database.url, command: 'create-share-link', point: 'before COMMIT', key, body },
  } satisfies CommandOrder);
  await child.said('reached');
  expect(await totals()).toEqual({ links: 0, tokens: 0, records: 0 });
  const waiting = aShareLinkCommand(database.pool)({ key, body });
  await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);

  await end(child);

  expect(await waiting).toMatchObject({ status: 201 });
  expect((await waiting).headers).not.toHaveProperty('idempotent-replayed');
  expect(await totals()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('a process that is killed after its commit leaves the link, and the same request has its answer', async () => {
  const key = aKey();
  const body = request({ expiresAt: inDays(3) });
  const child = startChild('./portal-request-child.ts', {
    ...{ url: database.url, command: 'create-share-link', point: 'after COMMIT', key, body },
  } satisfies CommandOrder);
  await child.said('reached');
  await end(child);

  const answer = await aShareLinkCommand(database.pool)({ key, body });
  expect(answer).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
  const { rowCount } = await database.pool.query(
    'select from portal.share_link_tokens where token_hash = sha256($1::text::bytea)',
    [answer.json.token],
  );
  expect(rowCount).toBe(1);
});

test.each([
  ['asset-not-found', 404, { assetId: anAsset(99) }],
  ['not-the-owner', 403, { ownerId: anOwner(2) }],
  ['not-the-owner', 403, { ownerId: anOwner(99) }],
  ['invalid-request', 400, { expiresAt: '2026-11-30T23:59:59Z' }],
  ['invalid-request', 400, { expiresAt: '2027-03-01T00:00:01Z' }],
])('%s (%i) does nothing, and leaves the key free', async (type, status, more) => {
  const key = aKey();
  expect(await send({ key, body: request(more) })).toMatchObject({ status, json: { type } });
  expect(await totals()).toEqual({ links: 0, tokens: 0, records: 0 });

  expect(await send({ key, body: request() })).toMatchObject({ status: 201 });
});

test.each(['awaiting-upload', 'processing', 'failed', 'deleted', 'cancelled'])(
  'a film that is %s is not shared, and is once it is ready, with the same key',
  async (status) => {
    const key = aKey();
    const set = (to: string) =>
      database.pool.query('update portal.assets set status = $2::text where id = $1::uuid', [
        anAsset(2),
        to,
      ]);
    const body = request({ assetId: anAsset(2), ownerId: anOwner(2) });
    await set(status);
    expect(await send({ key, body })).toMatchObject({
      status: 409,
      json: { type: 'asset-not-ready' },
    });

    await set('ready');
    expect(await send({ key, body })).toMatchObject({ status: 201 });
  },
);

test('a link is made before its film goes, or not at all', async () => {
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query(`update portal.assets set status = 'deleted' where id = $1::uuid`, [
    anAsset(0),
  ]);
  const waiting = send({ body: request({ assetId: anAsset(0), ownerId: anOwner(0) }) });
  await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
  await client.query('commit');
  client.release();

  expect(await waiting).toMatchObject({ status: 409, json: { type: 'asset-not-ready' } });
  expect(await totals()).toMatchObject({ links: 0 });
});

test('where Postgres cannot be reached the caller is told to come again', async () => {
  const gone = { connect: () => Promise.reject(new Error('ECONNREFUSED')) } as never;

  expect(await aShareLinkCommand(gone)({ body: request() })).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    json: { type: 'try-again' },
  });
});

async function end(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
}
