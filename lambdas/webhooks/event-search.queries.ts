import type { EventOrigin } from '../catalog/statuses.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';

export interface EventFilter {
  readonly provider?: string | undefined;
  readonly event?: string | undefined;
  readonly type?: string | undefined;
  readonly statuses: readonly string[];
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly code?: string | undefined;
}

export interface EventLine {
  readonly id: string;
  readonly provider: string;
  readonly event: string;
  readonly type: string;
  readonly status: string;
  readonly origin: EventOrigin;
  readonly attempts: number;
  readonly redrives: number;
  readonly replays: number;
  readonly receivedAt: Date;
  /** Code and first line of the last error. */
  readonly error: string | null;
}

/** Uses $1 to $7. `filterParameters` returns their values. */
export const MATCHES = `
      ($1::text is null or source = $1)
  and ($2::text is null or event_id = $2)
  and ($3::text is null or type = $3)
  and status = any($4::text[])
  and ($5::timestamptz is null or received_at >= $5)
  and ($6::timestamptz is null or received_at < $6)
  and ($7::text is null or error_code = $7)`;

const LINE = `
  id, source as provider, event_id as event, type, status, origin, attempts, redrives, replays,
  received_at as "receivedAt",
  nullif(concat_ws(': ', error_code, left(split_part(error_message, E'\\n', 1), 200)), '')
    as error`;

const LIST = `
  select ${LINE} from portal.webhook_events
  where ${MATCHES} and ($8::bigint is null or id < $8)
    and ($10::bigint[] is null or id = any($10))
  order by id desc
  limit $9::int`;

const COUNT = `select count(*)::int as count from portal.webhook_events where ${MATCHES}`;

/** Bodies of closed events are pruned, and an event without a body cannot be replayed. */
const LOCK_PAGE = `
  select id, source, event_id as "eventId", type, body is not null as "hasBody"
  from portal.webhook_events
  where ${MATCHES} and ($8::bigint is null or id > $8)
  order by id
  limit $9::int
  for update`;

/**
 * Resets an exhausted or closed event: it gets all redrives again and is escalated again if they
 * fail. Inserts one row for each replay.
 */
const REPLAY = `
  with replayed as (
    update portal.webhook_events as event
    set replays = replays + 1, escalated_at = null, updated_at = $2::timestamptz,
        redrives = case when status in ('exhausted', 'closed') then 0 else redrives end,
        status = case when status in ('exhausted', 'closed') then 'failed' else status end
    from jsonb_to_recordset($1::jsonb) as page (id bigint, replay text)
    where event.id = page.id and body is not null
    returning event.id, event.source, event.event_id, event.type, event.origin, event.body,
              event.received_at, page.replay
  ), requested as (
    insert into portal.webhook_replays
      (source, event_id, replay, status, requested_at, updated_at)
    select source, event_id, replay, 'requested', $2::timestamptz, $2::timestamptz from replayed
  )
  select id, source, event_id as "eventId", type, origin, body, received_at as "receivedAt",
         replay
  from replayed`;

/** An event of a page that is replayed. */
export interface ReplayedEvent {
  readonly id: string;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly origin: EventOrigin;
  readonly body: string;
  readonly receivedAt: Date;
  /** Random id of this replay, so that the idempotency record of a success does not match. */
  readonly replay: string;
}

/** An event of a page that has no body. */
export interface SkippedEvent {
  readonly id: string;
  readonly source: string;
  readonly eventId: string;
}

export interface ReplayPage {
  readonly replayed: readonly ReplayedEvent[];
  readonly skipped: readonly SkippedEvent[];
  /** Id of the last event; undefined for an empty page. */
  readonly lastId: string | undefined;
  /** Number of events, the skipped ones included. */
  readonly size: number;
}

export const filterParameters = ({
  provider,
  event,
  type,
  statuses,
  since,
  until,
  code,
}: EventFilter): unknown[] => [
  provider ?? null,
  event ?? null,
  type ?? null,
  statuses,
  since ?? null,
  until ?? null,
  code ?? null,
];

/** @param ids If given, only the events with these ids. */
export async function listEvents(
  db: Queryable,
  filter: EventFilter,
  page: { readonly cursor: string | undefined; readonly limit: number },
  ids?: readonly string[],
): Promise<readonly EventLine[]> {
  const values = [...filterParameters(filter), page.cursor ?? null, page.limit, ids ?? null];
  const { rows } = await db.query<EventLine & Record<string, unknown>>(LIST, values);
  return rows;
}

export async function countEvents(db: Queryable, filter: EventFilter): Promise<number> {
  const { rows } = await db.query<{ count: number }>(COUNT, filterParameters(filter));
  return rows[0]?.count ?? 0;
}

/**
 * Marks the events of a page as replayed and returns them, oldest first. Skips events without a
 * body. Waits for rows that a processor has locked.
 * @param makeReplay Returns the random id of one replay.
 */
export async function markReplayed(
  db: Queryable,
  filter: EventFilter,
  page: { readonly cursor: string | undefined; readonly limit: number },
  { now, makeReplay }: { readonly now: Date; readonly makeReplay: () => string },
): Promise<ReplayPage> {
  const values = [...filterParameters(filter), page.cursor ?? null, page.limit];
  const { rows: found } = await db.query<
    SkippedEvent & { readonly hasBody: boolean } & Record<string, unknown>
  >(LOCK_PAGE, values);
  const replays = found
    .filter(({ hasBody }) => hasBody)
    .map(({ id }) => ({ id, replay: makeReplay() }));
  const { rows } = await db.query<ReplayedEvent & Record<string, unknown>>(REPLAY, [
    jsonParameter(replays),
    now,
  ]);
  return {
    replayed: rows.toSorted((one, other) => Number(one.id) - Number(other.id)),
    skipped: found
      .filter(({ hasBody }) => !hasBody)
      .map(({ id, source, eventId }) => ({ id, source, eventId })),
    lastId: found.at(-1)?.id,
    size: found.length,
  };
}
