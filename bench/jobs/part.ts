import { join } from 'node:path';
import type pg from 'pg';
import { openDatabase } from '../../lambdas/platform/postgres/database.ts';
import { makeExpireShareLinks } from '../../lambdas/share-links/expire-share-links.ts';
import { Child } from '../child.ts';
import { type BenchDatabase, openBenchDatabase, openPool } from '../database.ts';
import { type Part, Samples } from '../report.ts';

/** The job's scheduled time; links that expired before it are due. */
const DUE = new Date('2026-11-01T00:00:00Z');

// Fifty links for each owner in random order, the worst case for a job that follows an index. A
// fifth more are not due.
const INSERT_LINKS = `
  with owners as (
    insert into portal.users (id, email, name)
    select md5('owner ' || n)::uuid, 'owner-' || n || '@example.org', 'Owner ' || n
    from generate_series(0, $1::integer / 50) as n
  ), assets as (
    insert into portal.assets (id, owner_id, title, status)
    select md5('asset ' || n)::uuid, md5('owner ' || n)::uuid, 'Video ' || n, 'ready'
    from generate_series(0, $1::integer / 50) as n
  ), links as (
    insert into portal.share_links (id, asset_id, owner_id, label, expires_at)
    select md5('link ' || n)::uuid, md5('asset ' || n / 50 % ($1 / 50))::uuid,
           md5('owner ' || n / 50 % ($1 / 50))::uuid, 'For reviewer ' || n,
           $2::timestamptz + case when n < $1 then random() * interval '-15 minutes'
                                  else interval '1 day' end - interval '1 second'
    from generate_series(0, $1 * 6 / 5 - 1) as n
    order by random()
    returning id
  )
  insert into portal.share_link_tokens (share_link_id, token_hash)
  select id, sha256(id::text::bytea) from links`;

const UPDATE = `
  update portal.share_links set status = 'expired', expired_at = now()
  where status = 'active' and expires_at < $1::timestamptz`;

const EXPIRED = `
  select (select count(*)::int from portal.share_links where status = 'expired') as links,
         (select count(revoked_at)::int from portal.share_link_tokens) as tokens`;

/** Two ways to expire all due links. The job also revokes tokens, publishes and sends mails. */
const ways = {
  update: (pool: pg.Pool) => pool.query(UPDATE, [DUE]),
  async job(pool: pg.Pool) {
    const expire = makeExpireShareLinks({
      pool: async () => pool,
      digest: false,
      job: { name: 'expire-share-links', timeoutSeconds: 600 },
      now: () => new Date(),
    });
    // Links that the concurrent writer has locked are left to the next run.
    while ((await expire({ scheduledAt: DUE, remainingMs: () => 3_600_000 })).LinksRemaining);
  },
};

export const jobs: Part = {
  name: 'jobs',
  title: 'Jobs: a million share links expire while others write',
  async run({ rounds, quick, progress }) {
    const links = quick ? 20_000 : 1_000_000;
    const database = await openBenchDatabase();
    const samples = new Samples();
    try {
      progress(`writing ${links} links`);
      // A database can be copied only while nothing else is connected to it.
      const filling = openPool(database.url);
      await filling.query(INSERT_LINKS, [links, DUE]);
      await filling.query('vacuum analyze');
      await filling.end();
      for (let round = 1; round <= rounds; round += 1)
        for (const way of ['update', 'job'] as const) {
          progress(`round ${round} of ${rounds}: ${way}`);
          await runWay(database, samples, way, links);
        }
    } finally {
      await database.stop();
    }
    const job = 'expire-share-links';
    return [
      samples.ratio('job', 'update', `${job} against one UPDATE of the links alone`, [10, '≤', 3]),
      samples.figure('job longest', `longest transaction of ${job}`, 'ms', [10, '≤', 250]),
      samples.figure('job p99', `p99 of a concurrent writer, ${job}`, 'ms', [10, '≤', 10]),
      samples.figure('job', `${job}, a million links`, 's'),
      samples.figure('update', 'one UPDATE, a million links', 's'),
    ];
  },
};

/** Runs on one connection in a fresh copy of the links; copying ends with a checkpoint. */
async function runWay(
  { admin, url: filled }: BenchDatabase,
  samples: Samples,
  way: keyof typeof ways,
  links: number,
): Promise<void> {
  await admin.query('create database run template bench strategy file_copy');
  const url = filled.replace(/bench$/, 'run');
  const settings = { url, connections: 1, applicationName: 'bench', queryTimeoutMs: 600_000 };
  const pool = openDatabase(settings);
  let [acquiredAt, longest] = [0, 0];
  // A transaction holds a client of the pool.
  pool.on('acquire', () => {
    acquiredAt = performance.now();
  });
  pool.on('release', () => {
    longest = Math.max(longest, performance.now() - acquiredAt);
  });
  const probe = new Child([join(import.meta.dirname, 'probe.ts'), url, String(links)]);
  try {
    await probe.answer();
    const startedAt = performance.now();
    await ways[way](pool);
    samples.add(way, ((performance.now() - startedAt) / 1000) * (1e6 / links));
    samples.add(`${way} longest`, longest);
    samples.add(`${way} p99`, await probe.ask<number>('stop'));
    const { rows } = await pool.query(EXPIRED);
    const expected = [links, way === 'job' ? links : 0];
    if (String(Object.values(rows[0])) !== String(expected))
      throw new Error(`${way} did not expire ${links} links: ${JSON.stringify(rows[0])}`);
  } finally {
    probe.stop();
    await pool.end();
    await admin.query('drop database run with (force)');
  }
}
