import { providers } from '../catalog/providers.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';

/** Largest number of events that one search considers, the newest first. */
const MAX_FOUND = 10_000;

/**
 * An event that failed has changed no asset, so its body is compared with the names. Only open
 * events are compared: they are few and have an index.
 */
const OF_ASSETS = `
  select event.id
    from portal.asset_events as change
    join portal.webhook_events as event
      on event.source = change.source
     and event.event_id = split_part(change.event_id, '/replay/', 1)
   where change.asset_id = any($1::uuid[])
  union
  select id
    from portal.webhook_events
   where status in ('failed', 'exhausted') and body like any($2::text[])
  order by id desc
  limit ${MAX_FOUND}`;

/** Reads bodies only for the ids of the address' mails; a body names its mail, not its cause. */
const OF_ADDRESS = `
  with mails as materialized (
    select source, split_part(event_id, '/replay/', 1) as event_id, delivery_event_id,
           resend_email_id
      from portal.notifications
     where sent_to = $1::text or recipient = $1::text
        or user_id in (select id from portal.users where lower(email) = $1::text)
  )
  select event.id
    from portal.webhook_events as event
    join (select source, event_id from mails
          union
          select delivering.source, delivery_event_id
            from mails cross join unnest($3::text[]) as delivering (source)
           where delivery_event_id is not null
          union
          select source, event_id from portal.email_incidents where address = $1::text
          union
          select source, event_id from portal.email_suppressions where address = $1::text
         ) as known (source, event_id)
      on event.source = known.source and event.event_id = known.event_id
  union
  select id
    from portal.webhook_events
   where received_at >= $2::timestamptz and body is not null
     and exists (select from mails
                  where resend_email_id is not null and position(resend_email_id in body) > 0)
  order by id desc
  limit ${MAX_FOUND}`;

const WITH_TEXT = `
  select id
    from portal.webhook_events
   where received_at >= $2::timestamptz and ($3::timestamptz is null or received_at < $3)
     and body is not null and body ilike $1::text
   order by id desc
   limit ${MAX_FOUND}`;

export interface AssetNames {
  readonly assetIds: readonly string[];
  /** Identifiers of the assets as bodies of events contain them. */
  readonly names: readonly string[];
}

/**
 * Finds the events that changed the assets, and open events that name them: a text of the body that
 * equals a name. A part of a text does not count, because that would be a search of bodies.
 */
export const findEventsOfAssets = (db: Queryable, { assetIds, names }: AssetNames) =>
  findIds(db, OF_ASSETS, [assetIds, names.map((name) => containing(jsonParameter(name)))]);

/** Finds the events that caused or reported mails to an address in canonical form. */
export const findEventsOfAddress = (
  db: Queryable,
  { address, since }: { readonly address: string; readonly since: string },
) => findIds(db, OF_ADDRESS, [address, since, providers]);

/** Finds the events whose body contains the text, in upper or lower case. */
export const findEventsWithText = (
  db: Queryable,
  {
    text,
    since,
    until,
  }: { readonly text: string; readonly since: string; readonly until: string | undefined },
) => findIds(db, WITH_TEXT, [containing(text), since, until ?? null]);

async function findIds(
  db: Queryable,
  statement: string,
  values: readonly unknown[],
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(statement, [...values]);
  return rows.map(({ id }) => id);
}

/** Returns the pattern of texts that contain `text`, with the wildcards in it escaped. */
const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: query_canceled */
export const isStatementTimeout = (error: unknown): boolean =>
  (Object(error) as { readonly code?: unknown }).code === '57014';
