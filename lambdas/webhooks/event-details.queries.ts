import type { Queryable } from '../platform/postgres/database.ts';

/** All that the database holds about one event except its body, as JSON. */
export type EventDetails = Readonly<Record<string, unknown>>;

/**
 * Includes the effects of replays; causeId() in cause-id.ts has the same ids. Keeps only the domain
 * of addresses: an operator needs the destination, not the person. A replay of many events has no
 * event among its arguments, so the events are read from its result.
 */
const DETAILS = `
  select event.source as provider, event.event_id as event, event.type, event.origin,
         event.status,
         event.attempts, event.redrives, event.replays, event.received_at as "receivedAt",
         event.processed_at as "processedAt", event.error_code as "errorCode",
         event.error_message as "errorMessage", event.escalated_at as "escalatedAt",
         event.history, event.body is not null as "hasBody",
         (select coalesce(json_agg(json_build_object(
                   'asset', change.asset_id, 'title', asset.title, 'type', type,
                   'from', from_status, 'to', to_status, 'applied', applied,
                   'occurredAt', occurred_at, 'recordedAt', recorded_at)
                 order by recorded_at), '[]')
          from portal.asset_events as change
          join portal.assets as asset on asset.id = change.asset_id
          where source = event.source and event_id = any(cause.ids)) as "stateChanges",
         (select coalesce(json_agg(json_build_object(
                   'id', note.id, 'kind', note.kind, 'mail', note.mail_status,
                   'delivery', note.delivery_status, 'deliveryAt', note.delivery_at,
                   'deliveryReason', note.delivery_reason,
                   'createdAt', note.created_at,
                   'to', '***@' || split_part(coalesce(member.email, note.recipient), '@', 2),
                   'attempts', note.mail_attempts, 'sentAt', note.sent_at, 'error', note.mail_error)
                 order by note.created_at), '[]')
          from portal.notifications as note
          left join portal.users as member on member.id = note.user_id
          where note.source = event.source and note.event_id = any(cause.ids)) as notifications,
         (select coalesce(json_agg(json_build_object(
                   'id', entry.id, 'type', entry.type, 'createdAt', entry.created_at,
                   'publishedAt', entry.published_at,
                   'attempts', entry.attempts, 'setAsideAt', entry.set_aside_at,
                   'error', entry.last_error)
                 order by entry.created_at), '[]')
          from portal.outbox as entry
          where entry.id = any(cause."domainEvents")) as "domainEvents",
         cause.replays as "replayResults",
         (select coalesce(json_agg(json_build_object(
                   'at', action.at, 'operator', action.operator, 'command', action.command,
                   'reason', action.reason)
                 order by action.at), '[]')
          from portal.operator_actions as action
          where (action.arguments ->> 'event' = event.event_id
                 and coalesce(action.arguments ->> 'provider', event.source) = event.source)
             or action.id = any(array(
               select bulk.id
               from portal.webhook_replays as replayed
               join portal.operator_actions as bulk
                 on bulk.at between replayed.requested_at
                                and replayed.requested_at + interval '1 minute'
                and bulk.command = 'events replay'
                and bulk.result -> 'events' @> jsonb_build_array(
                      jsonb_build_object('provider', event.source, 'event', event.event_id))
               where replayed.source = event.source and replayed.event_id = event.event_id
             ))) as "operatorActions"
  from portal.webhook_events as event
  cross join lateral (
    select array_append(array_agg(event.event_id || '/replay/' || replay)
                          filter (where replay is not null), event.event_id) as ids,
           array(select jsonb_array_elements_text(all_effects.effects -> 'outbox')::uuid
                 from (select event.effects
                       union all
                       select known.effects from portal.webhook_replays as known
                       where known.source = event.source and known.event_id = event.event_id)
                   as all_effects) as "domainEvents",
           coalesce(json_agg(json_build_object(
               'replay', replay, 'status', status, 'requestedAt', requested_at,
               'processedAt', processed_at, 'attempts', attempts, 'redrives', redrives,
               'errorCode', error_code, 'errorMessage', error_message,
               'escalatedAt', escalated_at, 'effects', effects, 'history', history)
             order by requested_at) filter (where replay is not null), '[]') as replays
    from portal.webhook_replays
    where source = event.source and event_id = event.event_id
  ) as cause
  where event.source = $1::text and event.event_id = $2::text`;

interface EventKey {
  readonly provider: string;
  readonly event: string;
}

export async function findEventDetails(
  db: Queryable,
  { provider, event }: EventKey,
): Promise<EventDetails | undefined> {
  const { rows } = await db.query<EventDetails>(DETAILS, [provider, event]);
  return rows[0];
}

const BODY = `
  select type, received_at as "receivedAt", body
  from portal.webhook_events
  where source = $1::text and event_id = $2::text`;

export interface EventBody {
  readonly type: string;
  readonly receivedAt: Date;
  /** Null if the body was pruned. */
  readonly body: string | null;
}

export async function findEventBody(
  db: Queryable,
  { provider, event }: EventKey,
): Promise<EventBody | undefined> {
  const { rows } = await db.query<EventBody>(BODY, [provider, event]);
  return rows[0];
}
