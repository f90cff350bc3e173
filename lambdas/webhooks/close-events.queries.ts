import type { Queryable } from '../platform/postgres/database.ts';
import { appendEntry } from './event-history.ts';
import { type EventFilter, filterParameters, MATCHES } from './event-search.queries.ts';

/** An event that was closed, or whose replays were closed. */
export interface ClosedEvent {
  readonly provider: string;
  readonly event: string;
  readonly type: string;
  /** Status before. A processed event stays processed; only its replays are closed. */
  readonly was: string;
  /** Number of closed replays. */
  readonly replays: number;
}

/** Statuses of replays that nobody has to apply any more once they are closed. */
const OPEN_REPLAY = "status in ('requested', 'failed', 'exhausted')";

/**
 * Selects open events, which have an index. Of an event that the filter names with its provider,
 * only replays may be open.
 */
const OPEN = `
      ${MATCHES}
  and (status in ('failed', 'exhausted')
       or $1::text is not null and $2::text is not null
          and exists (select from portal.webhook_replays as known
                       where known.source = event.source and known.event_id = event.event_id
                         and known.${OPEN_REPLAY}))`;

const COUNT = `select count(*)::int as count from portal.webhook_events as event where ${OPEN}`;

const CLOSED_ENTRY = `jsonb_build_object(
  'kind', 'closed', 'at', $8::timestamptz, 'operator', $9::text, 'message', $10::text)`;

/**
 * A failed attempt, a dead letter or a redrive of a closed event changes nothing. A delivery or a
 * replay that is applied later makes it processed.
 */
const CLOSE = `
  with page as materialized (
    select id, source, event_id, type, status from portal.webhook_events as event
    where ${OPEN}
    order by id
    limit $11::int
    for update
  ), closed as (
    update portal.webhook_events as known
    set status = 'closed', updated_at = $8::timestamptz,
        history = ${appendEntry('known.history', CLOSED_ENTRY)}
    from page
    where known.id = page.id and known.status in ('failed', 'exhausted')
  ), replays as (
    update portal.webhook_replays as known
    set status = 'closed', updated_at = $8::timestamptz,
        history = ${appendEntry('known.history', CLOSED_ENTRY)}
    from page
    where known.source = page.source and known.event_id = page.event_id and known.${OPEN_REPLAY}
    returning known.source, known.event_id
  )
  select page.source as provider, page.event_id as event, page.type, page.status as was,
         (select count(*)::int from replays
           where replays.source = page.source and replays.event_id = page.event_id) as replays
  from page
  order by page.id`;

/** Counts the events that `closeEvents` would close, and those with replays that it would close. */
export async function countOpenEvents(db: Queryable, filter: EventFilter): Promise<number> {
  const { rows } = await db.query<{ count: number }>(COUNT, filterParameters(filter));
  return rows[0]?.count ?? 0;
}

export interface Closing {
  readonly limit: number;
  readonly now: Date;
  readonly operator: string;
  readonly reason: string;
}

/** Closes matching open events and replays, oldest first. Waits for rows that are locked. */
export async function closeEvents(
  db: Queryable,
  filter: EventFilter,
  { limit, now, operator, reason }: Closing,
): Promise<readonly ClosedEvent[]> {
  const values = [...filterParameters(filter), now, operator, reason, limit];
  const { rows } = await db.query<ClosedEvent & Record<string, unknown>>(CLOSE, values);
  return rows;
}
