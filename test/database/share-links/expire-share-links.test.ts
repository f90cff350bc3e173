import { beforeEach, describe, expect, test } from '@jest/globals';
import { domainEvents } from '../../../lambdas/catalog/domain-events.ts';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { anHour, due, expirerOn, msBefore } from '../../support/share-links/share-link-runs.ts';
import {
  addLinks,
  addOwners,
  aLink,
  anAsset,
  anOwner,
  shareLinkTotals,
  statusOf,
} from '../../support/share-links/share-links.ts';

const database = useDatabase();
const expirer = expirerOn(database);
const paramsOf = async (kind: string) =>
  (
    await database.pool.query(
      'select user_id, params from portal.notifications where kind = $1 order by user_id',
      [kind],
    )
  ).rows;

beforeEach(async () => {
  await database.pool.query('truncate portal.users, portal.outbox, portal.job_runs cascade');
  await addOwners(database.pool, 10);
});

describe('due links', () => {
  test.each([
    ['a millisecond before the scheduled time', msBefore(1), 'expired'],
    ['at exactly the scheduled time', due, 'active'],
    ['a millisecond after the scheduled time', msBefore(-1), 'active'],
    ['a microsecond before the scheduled time', '2026-03-01T09:59:59.999999Z', 'expired'],
  ])('a link that expires %s', async (_, expiresAt, status) => {
    await addLinks(database.pool, { expiresAt });

    // A link that is not due yet does not count as remaining.
    await expect(expirer()(anHour)).resolves.toMatchObject({ LinksRemaining: 0 });

    expect(await statusOf(database.pool, 0)).toBe(status);
  });

  test('with a long label give a domain event that EventBridge accepts', async () => {
    await addLinks(database.pool, { count: 100, expiresAt: msBefore(1) });
    await database.pool.query('update portal.share_links set label = $1', ['€'.repeat(100_000)]);

    await expirer()(anHour);

    const { rows } = await database.pool.query<{ bytes: number; label: number }>(
      `select octet_length(detail::text) as bytes, length(detail #>> '{links,0,label}') as label
         from portal.outbox where type = 'share_link.expired'`,
    );
    expect(rows).toEqual([{ bytes: expect.any(Number), label: 200 }]);
    expect(rows[0]?.bytes).toBeLessThan(262_144);
  });

  test('do not include other links of the same owner', async () => {
    for (const [from, ms] of [1, 0, -1].entries())
      await addLinks(database.pool, { from, expiresAt: msBefore(ms) });

    await expirer()(anHour);

    const statuses = await Promise.all([0, 1, 2].map((link) => statusOf(database.pool, link)));
    expect(statuses).toEqual(['expired', 'active', 'active']);
  });

  test('include an owner whose links did not fit into an earlier transaction', async () => {
    await addLinks(database.pool, { from: 0, count: 5, expiresAt: msBefore(10) });
    for (const from of [101, 111, 121, 131, 141])
      await addLinks(database.pool, { from, owners: 10, expiresAt: msBefore(9) });
    await addLinks(database.pool, { from: 200, count: 5, expiresAt: msBefore(1) });

    await expect(expirer({ chunk: 10 })(anHour)).resolves.toMatchObject({
      LinksExpired: 15,
      LinksRemaining: 0,
    });
  });

  test('are those of the scheduled time, even if the run starts late', async () => {
    await addLinks(database.pool, { expiresAt: msBefore(-2_000) });

    // The clock of the job is at 10:00:07.
    await expect(expirer()(anHour)).resolves.toMatchObject({ LinksExpired: 0, LinksRemaining: 0 });
  });

  test('do not include revoked links, and a revoked token keeps its time', async () => {
    await addLinks(database.pool, { count: 2, expiresAt: msBefore(1) });
    await database.pool.query(
      `update portal.share_links set status = 'revoked', revoked_at = '2026-02-01T00:00:00Z'
        where id = $1`,
      [aLink(0)],
    );
    await database.pool.query(
      `update portal.share_link_tokens set revoked_at = '2026-02-01T00:00:00Z'`,
    );

    await expect(expirer()(anHour)).resolves.toMatchObject({ LinksExpired: 1, TokensRevoked: 0 });

    expect(await statusOf(database.pool, 0)).toBe('revoked');
    const { rows } = await database.pool.query(
      'select distinct revoked_at from portal.share_link_tokens',
    );
    expect(rows).toEqual([{ revoked_at: new Date('2026-02-01T00:00:00Z') }]);
  });
});

describe('effects of an expiry', () => {
  test('revokes the token and publishes link, asset and owner', async () => {
    await addLinks(database.pool, { from: 3, owners: 10, expiresAt: msBefore(60_000) });

    await expirer()(anHour);

    const { rows } = await database.pool.query(
      `select id, detail from portal.outbox where type = 'share_link.expired'`,
    );
    expect(rows).toHaveLength(1);
    expect(domainEvents['share_link.expired'].parse(rows[0]?.detail)).toEqual({
      version: 1,
      id: rows[0]?.id,
      occurredAt: '2026-03-01T10:00:07.000Z',
      links: [
        {
          shareLinkId: aLink(3),
          assetId: anAsset(3),
          ownerId: anOwner(3),
          label: 'Link 3',
          expiresAt: msBefore(60_000).toISOString(),
        },
      ],
    });
    await expect(shareLinkTotals(database.pool)).resolves.toMatchObject({
      expired: 1,
      revoked: 1,
      requested: 1,
    });
  });

  test('sends one mail to an owner, independent of the number of chunks', async () => {
    await addLinks(database.pool, { count: 230, owners: 10, expiresAt: msBefore(1) });

    await expirer({ chunk: 7 })(anHour);

    await expect(shareLinkTotals(database.pool)).resolves.toEqual({
      expired: 230,
      revoked: 230,
      announced: 230,
      announcements: 230,
      mails: 10,
      mailed: 230,
      requested: 10,
    });
  });

  test('lists fifty links in the mail and counts the others', async () => {
    await addLinks(database.pool, { count: 120, owners: 1, expiresAt: msBefore(1) });

    await expirer({ chunk: 40 })(anHour);

    const [mail] = await paramsOf('share-links.expired');
    expect(mail).toMatchObject({ user_id: anOwner(0), params: { total: 120 } });
    expect(new Set(mail.params.links.map(({ label }: { label: string }) => label)).size).toBe(50);
    const rendering = await renderMail(
      'share-links.expired',
      mail.params,
      'https://portal.example',
    );
    expect(rendering).toMatchObject({
      outcome: 'rendered',
      mail: {
        subject: '120 share links of yours have expired',
        text: expect.stringMatching(/Link 0 +Film 0 +1 Mar 2026, 8:59 pm AEDT\n.*And 70 more/s),
      },
    });
  });

  test('publishes at most 100 links in one event', async () => {
    await addLinks(database.pool, { count: 250, expiresAt: msBefore(1) });

    await expirer()(anHour);

    const { rows } = await database.pool.query(
      `select jsonb_array_length(detail -> 'links') as links
         from portal.outbox where type = 'share_link.expired' order by 1`,
    );
    expect(rows.map(({ links }) => links)).toEqual([50, 100, 100]);
  });

  test('names the twenty owners with the most links in the digest', async () => {
    await database.pool.query('truncate portal.users cascade');
    await addOwners(database.pool, 30);
    await addLinks(database.pool, { count: 60, owners: 30, expiresAt: msBefore(1) });
    await addLinks(database.pool, { from: 89, owners: 30, expiresAt: msBefore(1) });

    await expirer({ digest: true })(anHour);

    const [digest] = await paramsOf('share-links.digest');
    expect(digest.params).toMatchObject({ links: 61, owners: 30 });
    expect(digest.params.top).toHaveLength(20);
    expect(digest.params.top[0]).toEqual({ name: 'Owner 29', links: 3 });
  });

  test('sends admins one digest per run with expired links, if enabled', async () => {
    await expirer({ digest: true })({ ...anHour, scheduledAt: msBefore(900_000) });
    expect(await paramsOf('share-links.digest')).toEqual([]);
    await addLinks(database.pool, { count: 13, owners: 10, expiresAt: msBefore(1) });

    await expirer({ digest: true })(anHour);

    const [digest, ...others] = await paramsOf('share-links.digest');
    expect(others).toEqual([]);
    expect(digest).toMatchObject({ user_id: anOwner(0), params: { links: 13, owners: 10 } });
    expect(digest.params.top.slice(0, 4)).toEqual([
      { name: 'Owner 0', links: 2 },
      { name: 'Owner 1', links: 2 },
      { name: 'Owner 2', links: 2 },
      { name: 'Owner 3', links: 1 },
    ]);
    expect(digest.params.top).toHaveLength(10);
    const rendering = await renderMail(
      'share-links.digest',
      digest.params,
      'https://portal.example',
    );
    expect(rendering).toMatchObject({ mail: { subject: '13 share links have expired' } });
  });
});
