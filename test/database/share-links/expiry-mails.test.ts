import { beforeEach, expect, test } from '@jest/globals';
import { useDatabase } from '../../support/postgres/database.ts';
import { anHour, due, expirerOn, msBefore } from '../../support/share-links/share-link-runs.ts';
import {
  addLinks,
  addOwners,
  aLink,
  anAsset,
  anOwner,
} from '../../support/share-links/share-links.ts';

const database = useDatabase();
const expirer = expirerOn(database);
const expire = (chunk = 5_000) => expirer({ chunk })(anHour);

/** Returns the params as text, because tests compare them character by character. */
const mails = async () =>
  (
    await database.pool.query(`
      select id, user_id as "userId", recipient, kind, params::text as params, source,
             event_id as "eventId", asset_id as "assetId", created_at as "createdAt"
        from portal.notifications order by user_id, event_id`)
  ).rows;

const listed = (link: { assetId: string; label: string; title: string; expiresAt: string }) =>
  `{"label": ${link.label}, "title": ${link.title}, "assetId": "${link.assetId}", ` +
  `"expiresAt": "${link.expiresAt}"}`;

beforeEach(async () => {
  await database.pool.query('truncate portal.users, portal.outbox cascade');
  await addOwners(database.pool, 3);
});

test('writes the mail character by character as in earlier versions', async () => {
  await addLinks(database.pool, { from: 2, expiresAt: '2026-03-01T09:30:00.123987Z' });
  await addLinks(database.pool, { from: 1, expiresAt: '2026-03-01T09:00:00Z' });
  await addLinks(database.pool, { from: 0, expiresAt: '2026-03-01T09:59:59.999999Z' });
  await database.pool.query(`update portal.share_links set label = null where id = $1`, [aLink(1)]);
  await database.pool.query(`update portal.share_links set label = $2 where id = $1`, [
    aLink(2),
    'Für "Ñandú" \\ 👋\n2',
  ]);
  await database.pool.query(`update portal.share_links set asset_id = $2 where id = $1`, [
    aLink(0),
    anAsset(1),
  ]);
  await database.pool.query('update portal.assets set title = null where id = $1', [anAsset(1)]);
  await database.pool.query('update portal.assets set title = $2 where id = $1', [
    anAsset(0),
    'A “film”',
  ]);

  await expire();

  const [assetId, untitled] = [anAsset(0), anAsset(1)];
  const links = [
    listed({ assetId, label: 'null', title: '"A “film”"', expiresAt: '2026-03-01T09:00:00.000Z' }),
    listed({
      assetId,
      label: '"Für \\"Ñandú\\" \\\\ 👋 2"',
      title: '"A “film”"',
      expiresAt: '2026-03-01T09:30:00.123Z',
    }),
    listed({
      assetId: untitled,
      label: '"Link 0"',
      title: 'null',
      expiresAt: '2026-03-01T09:59:59.999Z',
    }),
  ];
  expect(await mails()).toEqual([
    {
      id: '8577dfd4-e5a2-8c4d-88be-6c2d3682402b',
      userId: anOwner(0),
      recipient: null,
      kind: 'share-links.expired',
      params: `{"links": [${links.join(', ')}], "total": 3}`,
      source: 'expire-share-links',
      eventId: 'ddf089b0-11c4-85c1-973c-1530a82d9526',
      assetId: null,
      createdAt: new Date('2026-03-01T10:00:07Z'),
    },
  ]);
});

test('lists fifty links in order, independent of the number of transactions', async () => {
  for (let link = 0; link < 70; link += 1)
    await addLinks(database.pool, { from: link, expiresAt: msBefore(1_000 - link) });

  await expire(30);

  const [{ params }] = await mails();
  const { total, links } = JSON.parse(params);
  expect(total).toBe(70);
  expect(links.map(({ label }: { label: string }) => label)).toEqual(
    Array.from({ length: 50 }, (_, n) => `Link ${n}`),
  );
});

test('reads an expiry of an earlier version, which has more ids', async () => {
  const assetId = anAsset(1);
  const link = {
    label: 'Link 1',
    assetId,
    ownerId: anOwner(1),
    expiresAt: '2026-03-01T09:00:00.000Z',
  };
  await database.pool.query(
    `insert into portal.share_link_expiries (run_at, owner_id, links, listed)
     values ($1, $2, 60, $3)`,
    [
      due,
      anOwner(1),
      JSON.stringify(Array.from({ length: 60 }, (_, n) => ({ ...link, shareLinkId: aLink(n) }))),
    ],
  );

  await expire();

  const [{ params }, ...others] = await mails();
  const same = listed({
    assetId,
    label: '"Link 1"',
    title: '"Film 1"',
    expiresAt: '2026-03-01T09:00:00.000Z',
  });
  expect(params).toBe(
    `{"links": [${Array.from({ length: 50 }, () => same).join(', ')}], "total": 60}`,
  );
  expect(others).toEqual([]);
});

test('leaves the expiry of a later run to that run', async () => {
  await database.pool.query(
    `insert into portal.share_link_expiries (run_at, owner_id, links, listed)
     values ($1, $2, 1, $3)`,
    [
      msBefore(-900_000),
      anOwner(1),
      JSON.stringify([{ label: null, assetId: anAsset(1), expiresAt: due.toISOString() }]),
    ],
  );

  await expect(expire()).resolves.toMatchObject({ OwnersMailed: 0, OwnersRemaining: 0 });
  expect(await mails()).toEqual([]);
});

test('writes the domain event character by character as in earlier versions', async () => {
  await addLinks(database.pool, { from: 1, expiresAt: '2026-03-01T09:30:00.123987Z' });
  await database.pool.query('update portal.share_links set label = null');

  await expire();

  const { rows } = await database.pool.query(
    `select id, detail::text as detail from portal.outbox where type = 'share_link.expired'`,
  );
  const link =
    `{"label": null, "assetId": "${anAsset(0)}", "ownerId": "${anOwner(0)}", ` +
    `"expiresAt": "2026-03-01T09:30:00.123Z", "shareLinkId": "${aLink(1)}"}`;
  expect(rows).toHaveLength(1);
  expect(rows[0].detail).toBe(
    `{"id": "${rows[0].id}", "links": [${link}], "version": 1, ` +
      '"occurredAt": "2026-03-01T10:00:07.000Z"}',
  );
});
