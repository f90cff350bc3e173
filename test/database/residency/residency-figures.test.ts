import { beforeEach, expect, test } from '@jest/globals';
import { countStoredBodies, readStorage } from '../../../lambdas/residency/residency.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const selection = {
  from: new Date('2026-11-15T13:00:00Z'),
  to: new Date('2026-11-22T13:00:00Z'),
  allowedRegions: ['ap-southeast-2'],
  limit: 100_000,
};

beforeEach(async () => {
  await database.pool.query('truncate portal.assets, portal.webhook_events cascade');
});

test('reads total and list from one snapshot while assets are added', async () => {
  let isReading = true;
  const addAssets = async () => {
    while (isReading)
      await database.pool.query(
        `insert into portal.assets (status, storage_provider, storage_region)
         values ('ready', 's3', 'us-east-1')`,
      );
  };
  const adding = [addAssets(), addAssets(), addAssets()];

  const counted: number[] = [];
  const listed: number[] = [];
  for (let read = 0; read < 60; read += 1) {
    const { groups, misplaced } = await readStorage(database.pool, selection);
    counted.push(groups[0]?.assets ?? 0);
    listed.push(misplaced.length);
  }
  isReading = false;
  await Promise.all(adding);

  expect(counted.at(-1)).toBeGreaterThan(counted[0] ?? 0);
  expect(listed).toEqual(counted);
});

test('counts assets of unknown size or duration instead of adding zero', async () => {
  await database.pool.query(`
    insert into portal.assets (status, storage_provider, storage_region, bytes, duration_seconds)
    values ('ready', 's3', 'ap-southeast-2', 5, null),
           ('ready', 's3', 'ap-southeast-2', null, 3.4),
           ('failed', 's3', 'ap-southeast-2', 7, 1)`);

  const { groups } = await readStorage(database.pool, selection);

  expect(groups).toMatchObject([
    { assets: 3, bytes: 12, assetsWithoutBytes: 1, durationSeconds: 4, assetsWithoutDuration: 1 },
  ]);
});

test.each([1, 2, 3, 200_000])(
  'counts the same stored bodies with %i ids per query',
  async (idsPerQuery) => {
    await expect(countStoredBodies(database.pool, idsPerQuery)).resolves.toEqual([]);
    await database.pool.query(`
    insert into portal.webhook_events (source, event_id, type, status, body, received_at) values
      ('resend', 'a', 't', 'ignored', null, '2026-01-01T00:00:00Z'),
      ('mux', 'b', 't', 'processed', '{"x":"é"}', '2026-11-02T00:00:00Z'),
      ('mux', 'c', 't', 'processed', null, '2026-01-01T00:00:00Z'),
      ('mux', 'd', 't', 'processed', '{}', '2026-11-01T00:00:00Z')`);

    await expect(countStoredBodies(database.pool, idsPerQuery)).resolves.toEqual([
      { source: 'mux', events: 3, bodies: 2, bytes: 12, oldest: new Date('2026-11-01T00:00:00Z') },
      { source: 'resend', events: 1, bodies: 0, bytes: 0, oldest: null },
    ]);
  },
);
