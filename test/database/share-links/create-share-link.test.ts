import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { blockedSessions, waitForOthers } from '../../support/idempotency/idempotency-harness.ts';
import {
  aKey,
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
import { addOwners, anAsset, anOwner } from '../../support/share-links/share-links.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 24 });
const send = (call: PortalCall) => makeSendShareLink(database.pool, { now: requestedAt })(call);
const countRows = () => countShareLinkRows(database.pool);

beforeAll(() => addOwners(database.pool, 3));
beforeEach(() => clearShareLinks(database.pool));

test('creates the row of a link, and stores nothing of its token but the hash', async () => {
  const response = await send({ body: aShareLinkBody() });

  expect(response.status).toBe(201);
  const contract = contracts['create-share-link'].response.strict();
  expect(contract.parse(response.json)).toEqual(response.json);
  const { id, token, url, ...rest } = response.json;
  expect(rest).toEqual({ ...aShareLinkBody(), expiresAt: '2026-12-24T10:00:00.000Z' });
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(url).toBe(`https://portal.example/share/${token}`);
  const { rows } = await database.pool.query(
    `select link.status, link.label, link.owner_id, token_hash
       from portal.share_links link join portal.share_link_tokens on share_link_id = link.id
      where link.id = $1::uuid`,
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
  const { rows: stored } = await database.pool.query<{ row: string }>(`
    select row_to_json(record)::text as row from portal.idempotency_records record
    union all select row_to_json(link)::text from portal.share_links link
    union all select row_to_json(token)::text from portal.share_link_tokens token`);
  expect(stored).toHaveLength(3);
  expect(stored.map(({ row }) => row).join()).not.toContain(token);
});

test.each([
  ['asset-not-found', 404, { assetId: anAsset(99) }],
  ['not-the-owner', 403, { ownerId: anOwner(2) }],
  ['not-the-owner', 403, { ownerId: anOwner(99) }],
  ['invalid-request', 400, { expiresAt: '2026-11-30T23:59:59Z' }],
  ['invalid-request', 400, { expiresAt: '2027-03-01T00:00:01Z' }],
])('%s (%i) writes nothing and does not use up the key', async (type, status, changes) => {
  const key = aKey();
  const rejected = await send({ key, body: aShareLinkBody(changes) });
  expect(rejected).toMatchObject({ status, json: { type } });
  expect(await countRows()).toEqual({ links: 0, tokens: 0, records: 0 });

  expect(await send({ key, body: aShareLinkBody() })).toMatchObject({ status: 201 });
});

test.each(['awaiting-upload', 'processing', 'failed', 'deleted', 'cancelled'])(
  'rejects an asset that is %s, and accepts the same key when the asset is ready',
  async (status) => {
    const key = aKey();
    const setStatus = (to: string) =>
      database.pool.query('update portal.assets set status = $2::text where id = $1::uuid', [
        anAsset(2),
        to,
      ]);
    const body = aShareLinkBody({ assetId: anAsset(2), ownerId: anOwner(2) });
    await setStatus(status);
    expect(await send({ key, body })).toMatchObject({
      status: 409,
      json: { type: 'asset-not-ready' },
    });

    await setStatus('ready');
    expect(await send({ key, body })).toMatchObject({ status: 201 });
  },
);

test('creates no link for an asset that another transaction is deleting', async () => {
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query(`update portal.assets set status = 'deleted' where id = $1::uuid`, [
    anAsset(0),
  ]);
  const waiting = send({ body: aShareLinkBody({ assetId: anAsset(0), ownerId: anOwner(0) }) });
  await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
  await client.query('commit');
  client.release();

  expect(await waiting).toMatchObject({ status: 409, json: { type: 'asset-not-ready' } });
  expect(await countRows()).toMatchObject({ links: 0 });
});

test('returns 503 with Retry-After if Postgres is unreachable', async () => {
  const gone = { connect: () => Promise.reject(new Error('ECONNREFUSED')) } as never;

  expect(await makeSendShareLink(gone)({ body: aShareLinkBody() })).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    json: { type: 'try-again' },
  });
});
