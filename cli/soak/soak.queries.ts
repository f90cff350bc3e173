/** Rows of the portal that exist before the first event. */
export const INSERT_OWNERS = `
  insert into portal.users (id, email, name)
  select id, email, name
    from jsonb_to_recordset($1::jsonb) as owner (id uuid, email text, name text)`;

export const INSERT_VIDEOS = `
  insert into portal.assets (id, owner_id, title, status, mux_upload_id)
  select id, owner_id, title, 'awaiting-upload', upload_id
    from jsonb_to_recordset($1::jsonb)
      as video (id uuid, owner_id uuid, title text, upload_id text)`;

export const READ_LEDGER = `
  select source, event_id as "eventId", status, error_code as "errorCode",
         processed_at as "processedAt"
    from portal.webhook_events`;

export const FIND_APPLIED = `
  select event_id as "eventId", processed_at as "processedAt"
    from portal.webhook_events
   where source = 'mux' and event_id = any ($1::text[]) and status in ('processed', 'ignored')`;

export const READ_VIDEOS = `
  select id, status from portal.assets where title like 'Soak video %'`;

export const READ_NOTIFICATIONS = `
  select notification.id, notification.kind, notification.asset_id as "videoId",
         coalesce(member.email, notification.recipient) as recipient,
         notification.mail_status as "mailStatus", notification.delivery_status as "deliveryStatus",
         notification.params ->> 'address' as address
    from portal.notifications as notification
    left join portal.users as member on member.id = notification.user_id`;

export const READ_OUTBOX = `
  select id, type, published_at is not null as published,
         coalesce(detail ->> 'notificationId', detail ->> 'assetId', detail ->> 'address')
           as subject
    from portal.outbox
   where detail ?| array['notificationId', 'assetId', 'address']`;

export const READ_SUPPRESSED = `
  select address from portal.email_suppressions where suppressed`;

/** Work that is not finished, by the table that holds it. */
export const COUNT_UNFINISHED = `
  select (select count(*)::int from portal.webhook_events where status = 'failed')
           as "failedEvents",
         (select count(*)::int from portal.outbox where published_at is null) as "unpublished",
         (select count(*)::int from portal.notifications where mail_status = 'pending')
           as "pendingMails"`;

export const EXAMPLES_OF_UNFINISHED = `
  (select 'event ' || source || ' ' || event_id || ': ' || status || ', '
          || coalesce(error_code, 'no code') as text
     from portal.webhook_events where status = 'failed' limit 3)
  union all
  (select 'domain event ' || type || ' ' || id || ': ' || attempts || ' attempts, '
          || coalesce(last_error, 'no error')
     from portal.outbox where published_at is null limit 3)
  union all
  (select 'mail ' || kind || ' ' || id || ': ' || mail_attempts || ' attempts, '
          || coalesce(mail_error, 'no error')
     from portal.notifications where mail_status = 'pending' limit 3)`;
