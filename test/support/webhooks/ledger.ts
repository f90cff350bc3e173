import type pg from 'pg';
import type { FailedEntry } from '../../../lambdas/webhooks/webhook-events.queries.ts';

const receivedAt = new Date('2026-03-01T12:00:00Z');

export const aMuxBody = (id: string) => ({
  id,
  type: 'video.asset.ready',
  created_at: '2026-03-01T10:00:00Z',
  data: {},
});

export const aLedgerEntry = (id: string) => ({
  source: 'mux',
  eventId: id,
  type: 'video.asset.ready',
  receivedAt,
  body: JSON.stringify(aMuxBody(id)),
});

export const aFailedEntry = (id: string): FailedEntry => ({
  ...aLedgerEntry(id),
  status: 'failed',
  errorCode: 'E1',
  errorMessage: 'on purpose',
});

export async function readLedger(pool: pg.Pool): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await pool.query(
    `select event_id, status, redrives, error_code, body
     from portal.webhook_events order by event_id`,
  );
  return rows;
}
