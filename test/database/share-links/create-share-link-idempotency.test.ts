import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { type Child, startChild } from '../../support/crash/child-process.ts';
import type { PortalRequestOrder, StopPoint } from '../../support/crash/portal-request-child.ts';
import {
  blockedSessions,
  clockGoesForward,
  waitForOthers,
} from '../../support/idempotency/idempotency-harness.ts';
import {
  aKey,
  backend,
  makeSendShareLink,
  type PortalCall,
} from '../../support/portal-api/portal-requests.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import {
  aShareLinkBody,
  clearShareLinks,
  countShareLinkRows,
  requestedAt,
} from '../../support/share-links/share-link-requests.ts';
import { addOwners } from '../../support/share-links/share-links.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 24 });
const DAY_MS = 24 * 3_600_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
const send = (call: PortalCall) => makeSendShareLink(database.pool, { now: requestedAt })(call);
const countRows = () => countShareLinkRows(database.pool);

beforeAll(() => addOwners(database.pool, 3));
beforeEach(() => clearShareLinks(database.pool));
afterEach(() => {
  jest.restoreAllMocks();
});

test('replays the first response byte for byte, even after the link has expired', async () => {
  const key = aKey();
  const first = await send({ key, body: aShareLinkBody() });
  const reordered = Object.fromEntries(Object.entries(aShareLinkBody()).reverse());
  const replay = await send({ key, body: reordered });
  const unquoted = await send({ key: key.replaceAll('"', ''), body: aShareLinkBody() });
  const afterExpiry = await makeSendShareLink(database.pool, {
    now: () => new Date('2027-03-01'),
  })({ key, body: aShareLinkBody() });

  expect(first.headers).not.toHaveProperty('idempotent-replayed');
  for (const response of [replay, unquoted, afterExpiry]) {
    expect(response).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    expect(response.text).toBe(first.text);
  }
  expect(await countRows()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('20 identical concurrent requests create one link and get the same response', async () => {
  const key = aKey();
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => send({ key, body: aShareLinkBody() })),
  );

  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
  expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
  expect(
    responses.filter(({ headers }) => headers['idempotent-replayed'] === undefined),
  ).toHaveLength(1);
  expect(await countRows()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('accepts one of two different requests with one key, and rejects later ones', async () => {
  const key = aKey();
  const both = await Promise.all([
    send({ key, body: aShareLinkBody({ label: 'one' }) }),
    send({ key, body: aShareLinkBody({ label: 'other' }) }),
  ]);
  const created = both.find(({ status }) => status === 201);
  const third = await send({ key, body: aShareLinkBody({ label: 'third' }) });

  expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
  expect(third).toMatchObject({ status: 422, json: { type: 'idempotency-key-reused' } });
  expect(third.text).not.toContain(created?.json.token);
  expect(await countRows()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('separates keys by caller, but not by session of a role', async () => {
  const key = aKey();
  const first = await send({ key, body: aShareLinkBody() });
  const sameRole = await send({
    key,
    body: aShareLinkBody(),
    caller: backend.replace('task-1', 'task-2'),
  });
  const otherCaller = await send({
    key,
    body: aShareLinkBody({ label: 'other' }),
    caller: 'arn:aws:iam::1:user/other',
  });

  expect(sameRole.text).toBe(first.text);
  expect(otherCaller.status).toBe(201);
  expect(otherCaller.json.token).not.toBe(first.json.token);
  expect(await countRows()).toMatchObject({ links: 2 });
});

test('accepts a key as new after the configured hours', async () => {
  const key = aKey();
  await send({ key, body: aShareLinkBody() });
  clockGoesForward(DAY_MS - 60_000);
  expect(await send({ key, body: aShareLinkBody() })).toMatchObject({
    headers: { 'idempotent-replayed': 'true' },
  });

  clockGoesForward(121_000);
  const fresh = await send({ key, body: aShareLinkBody({ label: 'another' }) });
  expect(fresh).toMatchObject({ status: 201, json: { label: 'another' } });
  expect(fresh.headers).not.toHaveProperty('idempotent-replayed');
});

test('rejects a duplicate with 409 after it has waited two seconds for the first', async () => {
  const key = aKey();
  const body = aShareLinkBody({ expiresAt: inDays(3) });
  const child = await startRequest('before COMMIT', key, body);

  const startedAt = performance.now();
  expect(await makeSendShareLink(database.pool)({ key, body })).toMatchObject({
    status: 409,
    headers: { 'retry-after': '1' },
    json: { type: 'request-in-progress' },
  });
  expect(performance.now() - startedAt).toBeGreaterThan(1_900);
  await kill(child);
});

test('a waiting duplicate creates the link if the first process dies before COMMIT', async () => {
  const key = aKey();
  const body = aShareLinkBody({ expiresAt: inDays(3) });
  const child = await startRequest('before COMMIT', key, body);
  expect(await countRows()).toEqual({ links: 0, tokens: 0, records: 0 });
  const waiting = makeSendShareLink(database.pool)({ key, body });
  await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);

  await kill(child);

  expect(await waiting).toMatchObject({ status: 201 });
  expect((await waiting).headers).not.toHaveProperty('idempotent-replayed');
  expect(await countRows()).toEqual({ links: 1, tokens: 1, records: 1 });
});

test('replays the response of a process that died after COMMIT', async () => {
  const key = aKey();
  const body = aShareLinkBody({ expiresAt: inDays(3) });
  await kill(await startRequest('after COMMIT', key, body));

  const response = await makeSendShareLink(database.pool)({ key, body });
  expect(response).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
  const { rowCount } = await database.pool.query(
    'select from portal.share_link_tokens where token_hash = sha256($1::text::bytea)',
    [response.json.token],
  );
  expect(rowCount).toBe(1);
});

async function startRequest(point: StopPoint, key: string, body: object): Promise<Child> {
  const child = startChild('./portal-request-child.ts', {
    url: database.url,
    operation: 'create-share-link',
    point,
    key,
    body,
  } satisfies PortalRequestOrder);
  await child.printed('reached');
  return child;
}

async function kill(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
}
