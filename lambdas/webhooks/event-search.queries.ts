import type { Queryable } from '../platform/postgres/database.ts';

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
  readonly attempts: number;
  readonly redrives: number;
  readonly replays: number;
  readonly receivedAt: Date;
  /** Code and first line of the last error. */
  readonly error: string | null;
}

const MATCHES = `
      ($1::text is null or source = $1)
  and ($2::text is null or event_id = $2)
  and ($3::text is null or type = $3)
  and status = any($4::text[])
  and ($5::timestamptz is null or received_at >= $5)
  and ($6::timestamptz is null or received_at < $6)
  and ($7::text is null or error_code = $7)`;

const LINE = `
  id, source as provider, event_id as event, type, status, attempts, redrives, replays,
  received_at as "receivedAt",
  nullif(concat_ws(': ', error_code, left(split_part(error_message, E'\\n', 1), 200)), '')
    as error`;

const LIST = `
  select ${LINE} from portal.webhook_events
  where ${MATCHES} and ($8::bigint is null or id < $8)
  order by id desc
  limit $9::int`;

const COUNT = `select count(*)::int as count from portal.webhook_events where ${MATCHES}`;

/** Resets an exhausted event: it gets all redrives again and is escalated again if they fail. */
const REPLAY = `
  with page as (
    select id from portal.webhook_events
    where ${MATCHES} and ($8::bigint is null or id > $8)
    order by id
    limit $9::int
    for update
  )
  update portal.webhook_events as event
  set replays = replays + 1, escalated_at = null, updated_at = $10::timestamptz,
      redrives = case when status = 'exhausted' then 0 else redrives end,
      status = case when status = 'exhausted' then 'failed' else status end
  from page
  where event.id = page.id
  returning event.id, event.source, event.event_id as "eventId", event.type, event.body,
            event.received_at as "receivedAt"`;

export interface ReplayedEvent {
  readonly id: string;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly body: string;
  readonly receivedAt: Date;
}

const parameters = ({ provider, event, type, statuses, since, until, code }: EventFilter) => [
  provider ?? null,
  event ?? null,
  type ?? null,
  statuses,
  since ?? null,
  until ?? null,
  code ?? null,
];

export async function listEvents(
  db: Queryable,
  filter: EventFilter,
  page: { readonly cursor: string | undefined; readonly limit: number },
): Promise<readonly EventLine[]> {
  const values = [...parameters(filter), page.cursor ?? null, page.limit];
  const { rows } = await db.query<EventLine & Record<string, unknown>>(LIST, values);
  return rows;
}

export async function countEvents(db: Queryable, filter: EventFilter): Promise<number> {
  const { rows } = await db.query<{ count: number }>(COUNT, [...parameters(filter)]);
  return rows[0]?.count ?? 0;
}

/**
 * Marks the events of a page as replayed and returns them, oldest first. Their rows stay locked
 * until the transaction of `db` ends. Waits for rows that a processor has locked.
 */
export async function markReplayed(
  db: Queryable,
  filter: EventFilter,
  page: { readonly cursor: string | undefined; readonly limit: number },
  now: Date,
): Promise<readonly ReplayedEvent[]> {
  const values = [...parameters(filter), page.cursor ?? null, page.limit, now];
  const { rows } = await db.query<ReplayedEvent & Record<string, unknown>>(REPLAY, values);
  return rows.toSorted((one, other) => Number(one.id) - Number(other.id));
}
