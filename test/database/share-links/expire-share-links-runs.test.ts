import { beforeEach, expect, test } from '@jest/globals';
import { makeJobRuns } from '../../../lambdas/jobs/job-runs.queries.ts';
import { makeJob } from '../../../lambdas/jobs/run-job.ts';
import { startChild } from '../../support/crash/child-process.ts';
import { eventually } from '../../support/eventually.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import {
  anHour,
  due,
  expirerOn,
  msBefore,
  name,
  timeFor,
} from '../../support/share-links/share-link-runs.ts';
import { addLinks, addOwners, shareLinkTotals } from '../../support/share-links/share-links.ts';

const database = useDatabase();
const expirer = expirerOn(database);

async function countChildSessions(): Promise<number> {
  const { rows } = await database.pool.query(
    `select count(*)::int as sessions
       from pg_stat_activity where application_name = 'share-link-child'`,
  );
  return rows[0]?.sessions;
}

beforeEach(async () => {
  await database.pool.query('truncate portal.users, portal.outbox, portal.job_runs cascade');
  await addOwners(database.pool, 10);
});

test('repeatedly killed runs leave no link out and expire none twice', async () => {
  await addLinks(database.pool, { count: 3_000, owners: 10, expiresAt: msBefore(1) });
  const killed: (NodeJS.Signals | null)[] = [];

  for (let round = 0; round < 4; round += 1) {
    const order = { url: database.url, scheduledAt: due.toISOString(), chunk: 5 };
    const child = startChild('./share-link-child.ts', order);
    await child.printed('started');
    setTimeout(() => child.process.kill('SIGKILL'), 20 + Math.random() * 150);
    killed.push((await child.ended).signal);
  }
  const totalsAfterKills = await shareLinkTotals(database.pool);
  // Postgres keeps the locks of a dead client until it notices, and a run skips locked rows.
  await eventually(countChildSessions, (sessions) => sessions === 0);
  await expirer()({ ...anHour, scheduledAt: msBefore(-900_000) });

  expect(killed).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGKILL']);
  expect(totalsAfterKills.expired).toBeGreaterThan(0);
  expect(totalsAfterKills.expired).toBeLessThan(3_000);
  const totals = await shareLinkTotals(database.pool);
  expect(totals).toMatchObject({
    expired: 3_000,
    revoked: 3_000,
    announced: 3_000,
    announcements: 3_000,
    mailed: 3_000,
  });
  // At most two mails to an owner: of the killed runs' scheduled time, and of the last run's.
  expect(totals?.mails).toBeLessThanOrEqual(20);
  expect(totals?.requested).toBe(totals?.mails);
});

test('mails the owners of expired links and counts the rest if its time is up', async () => {
  await addLinks(database.pool, { count: 100, owners: 10, expiresAt: msBefore(1) });

  // The time is enough for two chunks and the mails.
  let calls = 0;
  const job = { scheduledAt: due, remainingMs: () => [1_000, 1_000, 1_000, 100][calls++] ?? 100 };
  await expect(expirer({ chunk: 20 })(job)).resolves.toMatchObject({
    LinksExpired: 40,
    LinksRemaining: 60,
  });

  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({
    expired: 40,
    mailed: 40,
    revoked: 40,
  });
});

test('mails the expiries of a run that ended before its mails', async () => {
  await addLinks(database.pool, { count: 30, owners: 3, expiresAt: msBefore(1) });
  await expect(expirer({ chunk: 10 })(timeFor(3))).resolves.toMatchObject({
    LinksExpired: 20,
    LinksRemaining: 10,
    OwnersMailed: 0,
    OwnersRemaining: 2,
  });
  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({ expired: 20, mails: 0 });

  await expirer()({ ...anHour, scheduledAt: msBefore(-900_000) });

  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({
    expired: 30,
    mailed: 30,
    mails: 3,
  });
});

test('sends the digest with the first mails, so a crash after them cannot lose it', async () => {
  await addLinks(database.pool, { count: 30, owners: 3, expiresAt: msBefore(1) });
  const pool = async () => {
    const { mails } = await shareLinkTotals(database.pool);
    if (mails > 0) throw new Error('Killed.');
    return database.pool;
  };

  await expect(expirer({ pool, digest: true })(anHour)).rejects.toThrow('Killed.');

  const digests = async () =>
    (
      await database.pool.query(
        `select params from portal.notifications where kind = 'share-links.digest'`,
      )
    ).rows;
  expect(await digests()).toMatchObject([{ params: { links: 30, owners: 3 } }]);
  await expirer({ digest: true })(anHour);
  await expirer({ digest: true })({ ...anHour, scheduledAt: msBefore(-900_000) });
  expect(await digests()).toHaveLength(1);
});

test('leaves the expiries of a run that is still running to that run', async () => {
  await addLinks(database.pool, { count: 30, owners: 3, expiresAt: msBefore(1) });
  const runs = makeJobRuns(async () => database.pool, 600);
  await runs.start(
    { job: name, scheduledAt: due, startedBy: 'schedule', invocationId: 'one' },
    new Date('2026-03-01T10:00:00Z'),
  );
  await expirer({ chunk: 10 })(timeFor(3));

  await expirer()({ ...anHour, scheduledAt: msBefore(-900_000) });

  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({ expired: 30, mailed: 10 });
});

test('mails again only about links that a repeated run has expired', async () => {
  await addLinks(database.pool, { count: 3, expiresAt: msBefore(2) });
  await expirer()(anHour);
  await expirer()(anHour);
  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({ mails: 1, mailed: 3 });
  await addLinks(database.pool, { from: 3, count: 2, expiresAt: msBefore(1) });

  await expirer()(anHour);

  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({
    mails: 2,
    mailed: 5,
    requested: 2,
  });
});

test('limits the links in an expiry, independent of links and chunks', async () => {
  await addLinks(database.pool, { count: 400, owners: 1, expiresAt: msBefore(1) });

  await expirer({ chunk: 40 })(timeFor(11));

  const { rows } = await database.pool.query(
    'select links, jsonb_array_length(listed) as listed from portal.share_link_expiries',
  );
  expect(rows).toEqual([{ links: 400, listed: expect.any(Number) }]);
  expect(rows[0]?.listed).toBeLessThan(100);
});

test('runs once for concurrent invocations with the same scheduled time', async () => {
  await addLinks(database.pool, { count: 100, owners: 10, expiresAt: msBefore(1) });
  const runs = makeJobRuns(async () => database.pool, 600);
  const job = makeJob({ name, run: expirer(), runs, now: () => new Date() });

  const outcomes = await Promise.all(
    ['one', 'two', 'three'].map((awsRequestId) =>
      job(
        { scheduledAt: due.toISOString() },
        { awsRequestId, getRemainingTimeInMillis: () => 600_000 },
      ),
    ),
  );

  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['done', 'repeated', 'repeated']);
  await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({
    mails: 10,
    announcements: 100,
  });
});
