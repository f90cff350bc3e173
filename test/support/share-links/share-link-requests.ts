import type pg from 'pg';
import { anAsset, anOwner } from './share-links.ts';

/** A valid body for create-share-link; the clock of the tests is `requestedAt`. */
export const aShareLinkBody = (changes: object = {}) => ({
  assetId: anAsset(1),
  ownerId: anOwner(1),
  expiresAt: '2026-12-24T10:00:00Z',
  label: 'For the festival',
  ...changes,
});

export const requestedAt = () => new Date('2026-12-01T00:00:00Z');

export async function clearShareLinks(pool: pg.Pool): Promise<void> {
  await pool.query('truncate portal.share_links cascade');
  await pool.query('truncate portal.idempotency_records');
}

/** Counts links, tokens and idempotency records. */
export async function countShareLinkRows(pool: pg.Pool) {
  const { rows } = await pool.query(`
    select (select count(*)::int from portal.share_links) as links,
           (select count(*)::int from portal.share_link_tokens) as tokens,
           (select count(*)::int from portal.idempotency_records) as records`);
  return rows[0];
}
