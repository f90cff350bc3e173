import type { Queryable } from '../platform/postgres/database.ts';

/** Progress of the comparison with one provider, and what it recovered. */
export interface ReconciliationFigures {
  readonly provider: string;
  readonly agreedUntil: Date | null;
  readonly comparedAt: Date | null;
  /** True if a pass is not finished; the next run continues it. */
  readonly isUnderWay: boolean;
  /** The provider answered 429 and accepts no request before this time. */
  readonly notBefore: Date | null;
  readonly recoveredInDay: number;
  readonly recoveredInWeek: number;
  /** Events that were tried and are not in the ledger. */
  readonly open: number;
}

const FIGURES = `
  select progress.provider, agreed_until as "agreedUntil", compared_at as "comparedAt",
         pass is not null as "isUnderWay", not_before as "notBefore",
         recovered.day as "recoveredInDay", recovered.week as "recoveredInWeek", recovered.open
    from portal.reconciliations as progress
   cross join lateral (
     select count(*) filter (where recovered_at > $1::timestamptz - interval '1 day')::int as day,
            count(*) filter (where recovered_at > $1::timestamptz - interval '7 days')::int as week,
            count(*) filter (where not exists (
              select from portal.webhook_events as event
               where event.source = missed.provider and event.event_id = missed.event_id))::int
              as open
       from portal.missed_events as missed
      where missed.provider = progress.provider
        and missed.found_at > $1::timestamptz - interval '7 days') as recovered
   where $2::text is null or progress.provider = $2::text
   order by progress.provider`;

/** Returns one row for each provider that was compared at least once. */
export async function findReconciliationFigures(
  db: Queryable,
  provider: string | undefined,
  now: Date,
): Promise<readonly ReconciliationFigures[]> {
  const { rows } = await db.query<ReconciliationFigures & Record<string, unknown>>(FIGURES, [
    now,
    provider ?? null,
  ]);
  return rows;
}
