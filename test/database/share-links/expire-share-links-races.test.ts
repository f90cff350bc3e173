import { beforeEach, expect, test } from '@jest/globals';
import { useDatabase } from '../../support/postgres/database.ts';
import { anHour, expirerOn, msBefore, timeFor } from '../../support/share-links/share-link-runs.ts';
import {
  addLinks,
  addOwners,
  aLink,
  anOwner,
  shareLinkTotals,
} from '../../support/share-links/share-links.ts';

const database = useDatabase();
const expirer = expirerOn(database);

beforeEach(async () => {
  await database.pool.query('truncate portal.users, portal.outbox, portal.job_runs cascade');
  await addOwners(database.pool, 10);
});

test('four concurrent runs expire each link once, and skip locked rows', async () => {
  await addLinks(database.pool, { count: 2_000, owners: 10, expiresAt: msBefore(1) });
  const times = [0, 900_000, 1_800_000, 2_700_000].map((ms) => ({
    ...anHour,
    scheduledAt: msBefore(-ms),
  }));

  const counts = await Promise.all(times.map((job) => expirer({ chunk: 25 })(job)));

  expect(counts.reduce((sum, { LinksExpired = 0 }) => sum + LinksExpired, 0)).toBe(2_000);
  expect(counts.filter(({ LinksExpired = 0 }) => LinksExpired > 0).length).toBeGreaterThan(1);
  await expirer()({ ...anHour, scheduledAt: msBefore(-3_600_000) });
  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({
    expired: 2_000,
    revoked: 2_000,
    announced: 2_000,
    announcements: 2_000,
    mailed: 2_000,
  });
});

test('leaves a locked link to the next run', async () => {
  await addLinks(database.pool, { count: 3, expiresAt: msBefore(1) });
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query('select from portal.share_links where id = $1 for update', [aLink(1)]);

  await expect(expirer()(anHour)).resolves.toMatchObject({ LinksExpired: 2, LinksRemaining: 1 });
  await client.query('commit');
  client.release();

  await expect(expirer()(anHour)).resolves.toMatchObject({ LinksExpired: 1, LinksRemaining: 0 });
});

test('expires links once that are updated concurrently, in this run or the next', async () => {
  await addLinks(database.pool, { count: 2_000, owners: 10, expiresAt: msBefore(1) });
  let isRunning = true;
  const updateLinks = async () => {
    while (isRunning)
      await database.pool.query('update portal.share_links set label = $2 where id = $1', [
        aLink(Math.floor(Math.random() * 2_000)),
        'Changed',
      ]);
  };
  const updates = [updateLinks(), updateLinks()];

  const { LinksExpired = 0, LinksRemaining = 0 } = await expirer({ chunk: 50 })(anHour);
  isRunning = false;
  await Promise.all(updates);
  await expirer()({ ...anHour, scheduledAt: msBefore(-900_000) });

  expect(LinksExpired + LinksRemaining).toBe(2_000);
  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({
    expired: 2_000,
    revoked: 2_000,
    announced: 2_000,
    announcements: 2_000,
    mailed: 2_000,
  });
});

test('skips an owner whose expiry another transaction has locked', async () => {
  await addLinks(database.pool, { count: 2, owners: 2, expiresAt: msBefore(1) });
  await expirer()(timeFor(2));
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query('select from portal.share_link_expiries where owner_id = $1 for update', [
    anOwner(1),
  ]);

  await expect(expirer()(anHour)).resolves.toMatchObject({ OwnersMailed: 1, OwnersRemaining: 1 });
  await client.query('rollback');
  client.release();

  await expect(expirer()(anHour)).resolves.toMatchObject({ OwnersMailed: 1, OwnersRemaining: 0 });
});
