create schema portal;

CREATE OR REPLACE FUNCTION portal.asset_rank(status text)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE status WHEN 'awaiting-upload'::text THEN 0 WHEN 'processing'::text THEN 1 WHEN 'cancelled'::text THEN 2 WHEN 'ready'::text THEN 3 WHEN 'failed'::text THEN 3 WHEN 'deleted'::text THEN 4 ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION portal.chain_operator_action()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  last record;
begin
  -- One writer at a time, so that two records never follow the same one.
  perform pg_advisory_xact_lock(hashtextextended('portal.operator_actions', 0));
  select position, hash into last
    from portal.operator_actions
   where position is not null
   order by position desc limit 1;
  new.position := coalesce(last.position, 0) + 1;
  new.previous_hash := coalesce(last.hash, repeat('0', 64));
  new.hash := portal.operator_action_hash(new);
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION portal.clean_label()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  new.label := portal.single_line(new.label);
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION portal.clean_name()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  new.name := portal.single_line(new.name);
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION portal.clean_title()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  new.title := portal.single_line(new.title);
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION portal.delivery_rank(status text)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE status WHEN 'sent'::text THEN 0 WHEN 'delayed'::text THEN 1 WHEN 'delivered'::text THEN 2 WHEN 'failed'::text THEN 3 WHEN 'bounced'::text THEN 3 WHEN 'suppressed'::text THEN 3 WHEN 'complained'::text THEN 4 ELSE NULL::integer END
;

CREATE OR REPLACE FUNCTION portal.expire_due_invitation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  with expired as (
    update portal.invitations as invitation
       set status = 'expired', expired_at = new.issued_at
     where invitation.status = 'pending' and lower(invitation.email) = lower(new.email)
       and invitation.id <> new.id
       and invitation.issued_at < least(new.issued_at, now()) - interval '72 hours'
    returning invitation.id, invitation.email, invitation.role, invitation.issued_at
  ), event as materialized (
    select gen_random_uuid() as event_id, expired.* from expired
  )
  insert into portal.outbox (id, type, detail, created_at)
  select event_id, 'invitation.expired',
         jsonb_build_object(
           'version', 1, 'id', event_id,
           'occurredAt',
             to_char(new.issued_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'invitationId', id, 'email', left(email, 320), 'role', role,
           'issuedAt', to_char(issued_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
         new.issued_at
    from event;
  return new;
end
$function$
;

CREATE OR REPLACE FUNCTION portal.keep_operator_actions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if tg_op = 'DELETE' and old.at < now() - interval '365 days' then
    return old;
  end if;
  raise exception 'The audit log is append-only: % is refused.', lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$function$
;

CREATE OR REPLACE FUNCTION portal.keep_region_declaration()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if old.declared_at < now() - interval '365 days' and exists (
       select from portal.region_declarations as newer
        where newer.provider = old.provider and newer.asset_id is not distinct from old.asset_id
          and newer.id > old.id) then
    return old;
  end if;
  raise exception 'portal.region_declarations is append-only: declare the region again'
    using errcode = 'restrict_violation';
end
$function$
;

CREATE OR REPLACE FUNCTION portal.operator_action_hash(action portal.operator_actions)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select encode(sha256(convert_to(string_agg(
           case when field is null then '-,'
                else octet_length(convert_to(field, 'UTF8')) || ':' || field || ',' end,
           '' order by ordinality), 'UTF8')), 'hex')
    from unnest(array[
           action.position::text,
           to_char(action.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           action.operator, action.command, action.reason, action.request_id,
           action.arguments::text, action.result::text, action.previous_hash
         ]) with ordinality as fields (field, ordinality)
$function$
;

CREATE OR REPLACE FUNCTION portal.reject_change_of_declarations()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  raise exception 'portal.region_declarations is append-only: declare the region again'
    using errcode = 'restrict_violation';
end
$function$
;

CREATE OR REPLACE FUNCTION portal.single_line(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select btrim(regexp_replace(
    regexp_replace(value, '[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]', '', 'g'),
    '[\u0001-\u0020\u007f-\u009f\u2028\u2029]+', ' ', 'g'))
$function$
;

create table portal.asset_events (
  id uuid not null,
  asset_id uuid not null,
  source text not null,
  event_id text not null,
  type text not null,
  from_status text not null,
  to_status text not null,
  applied boolean not null,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  constraint asset_events_source_event_id_key UNIQUE (source, event_id),
  constraint asset_events_pkey PRIMARY KEY (id),
  constraint asset_events_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES portal.assets(id)
);

CREATE INDEX asset_events_asset_idx ON portal.asset_events USING btree (asset_id, occurred_at);

create table portal.assets (
  id uuid not null default gen_random_uuid(),
  owner_id uuid,
  title text,
  status text not null default 'awaiting-upload'::text,
  status_at timestamp with time zone,
  status_event_id text,
  mux_upload_id text,
  mux_asset_id text,
  playback_id text,
  playback_policy text,
  playback_url text,
  playback_url_expires_at timestamp with time zone,
  duration_seconds double precision,
  aspect_ratio text,
  ready_at timestamp with time zone,
  ready_event_id text,
  failure_reason text,
  failed_at timestamp with time zone,
  failed_event_id text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  bytes bigint,
  storage_provider text not null default 'mux'::text,
  storage_region text,
  binding text,
  bound_at timestamp with time zone,
  bound_event_id text,
  ready_announced_at timestamp with time zone,
  end_announced_at timestamp with time zone,
  upload_expires_at timestamp with time zone,
  constraint assets_mux_asset_id_key UNIQUE (mux_asset_id),
  constraint assets_mux_upload_id_key UNIQUE (mux_upload_id),
  constraint assets_pkey PRIMARY KEY (id),
  constraint assets_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES portal.users(id),
  constraint assets_binding_check CHECK ((binding = ANY (ARRAY['passthrough'::text, 'upload'::text, 'operator'::text]))),
  constraint assets_bytes_check CHECK ((bytes >= 0)),
  constraint assets_status_check CHECK ((portal.asset_rank(status) IS NOT NULL))
);

CREATE INDEX assets_awaiting_upload_idx ON portal.assets USING btree (created_at) WHERE ((status = 'awaiting-upload'::text) AND (mux_upload_id IS NOT NULL));

CREATE INDEX assets_ended_idx ON portal.assets USING btree (updated_at) WHERE ((status = ANY (ARRAY['cancelled'::text, 'deleted'::text])) AND ((title IS NOT NULL) OR (failure_reason IS NOT NULL)));

CREATE INDEX assets_owner_idx ON portal.assets USING btree (owner_id);

CREATE INDEX assets_playback_url_expiry_idx ON portal.assets USING btree (playback_url_expires_at) WHERE (playback_url_expires_at IS NOT NULL);

CREATE INDEX assets_unfinished_idx ON portal.assets USING btree (created_at, id) WHERE ((status = ANY (ARRAY['awaiting-upload'::text, 'processing'::text])) AND (owner_id IS NOT NULL));

CREATE INDEX assets_uploads_idx ON portal.assets USING btree (created_at) WHERE ((mux_upload_id IS NOT NULL) AND (owner_id IS NOT NULL));

create table portal.command_leases (
  name text not null,
  holder text not null,
  token uuid not null,
  taken_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint command_leases_pkey PRIMARY KEY (name)
);

create table portal.email_incidents (
  address text not null,
  source text not null,
  event_id text not null,
  kind text not null,
  reason text,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  constraint email_incidents_pkey PRIMARY KEY (address, source, event_id),
  constraint email_incidents_kind_check CHECK ((kind = ANY (ARRAY['complaint'::text, 'permanent'::text, 'transient'::text, 'unclear'::text])))
);

CREATE INDEX email_incidents_recorded_idx ON portal.email_incidents USING btree (recorded_at);

create table portal.email_suppressions (
  address text not null,
  suppressed boolean not null default false,
  reason text,
  since timestamp with time zone,
  source text,
  event_id text,
  lifted_at timestamp with time zone,
  lifted_by text,
  origin text not null default 'portal'::text,
  listed boolean not null default false,
  listed_at timestamp with time zone,
  constraint email_suppressions_pkey PRIMARY KEY (address),
  constraint email_suppressions_check CHECK (((NOT suppressed) OR (num_nulls(reason, since, source, event_id) = 0))),
  constraint email_suppressions_check1 CHECK ((num_nulls(lifted_at, lifted_by) = ANY (ARRAY[0, 2]))),
  constraint email_suppressions_listed_check CHECK (((NOT listed) OR (listed_at IS NOT NULL))),
  constraint email_suppressions_origin_check CHECK ((origin = ANY (ARRAY['portal'::text, 'resend'::text]))),
  constraint email_suppressions_reason_check CHECK ((reason = ANY (ARRAY['complaint'::text, 'permanent-bounces'::text, 'transient-bounces'::text, 'manual'::text])))
);

CREATE INDEX email_suppressions_ended_idx ON portal.email_suppressions USING btree (COALESCE(GREATEST(lifted_at, listed_at), '-infinity'::timestamp with time zone)) WHERE ((NOT suppressed) AND (NOT listed));

CREATE INDEX email_suppressions_since_idx ON portal.email_suppressions USING btree (since DESC) WHERE suppressed;

create table portal.idempotency_records (
  id text not null,
  status text not null,
  expiry bigint not null,
  in_progress_expiry bigint,
  payload_hash text,
  response text,
  constraint idempotency_records_pkey PRIMARY KEY (id),
  constraint idempotency_records_status_check CHECK ((status = ANY (ARRAY['INPROGRESS'::text, 'COMPLETED'::text])))
);

CREATE INDEX idempotency_records_expiry_idx ON portal.idempotency_records USING btree (expiry);

create table portal.invitations (
  id uuid not null default gen_random_uuid(),
  email text not null,
  role text not null default 'member'::text,
  invited_by uuid,
  status text not null default 'pending'::text,
  issued_at timestamp with time zone not null default now(),
  accepted_at timestamp with time zone,
  expired_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint invitations_pkey PRIMARY KEY (id),
  constraint invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES portal.users(id),
  constraint invitations_role_check CHECK ((role = ANY (ARRAY['member'::text, 'admin'::text]))),
  constraint invitations_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'expired'::text, 'revoked'::text])))
);

CREATE INDEX invitations_closed_idx ON portal.invitations USING btree (issued_at) WHERE (status <> 'pending'::text);

CREATE UNIQUE INDEX invitations_open_email_key ON portal.invitations USING btree (lower(email)) WHERE (status = 'pending'::text);

CREATE INDEX invitations_pending_idx ON portal.invitations USING btree (issued_at, id) WHERE (status = 'pending'::text);

create table portal.job_runs (
  id bigint not null generated always as identity,
  job text not null,
  scheduled_at timestamp with time zone not null,
  started_by text not null default 'schedule'::text,
  status text not null,
  attempts integer not null default 1,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  counts jsonb not null default '{}'::jsonb,
  error text,
  invocation_id text,
  constraint job_runs_job_scheduled_at_key UNIQUE (job, scheduled_at),
  constraint job_runs_pkey PRIMARY KEY (id),
  constraint job_runs_status_check CHECK ((status = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text])))
);

CREATE INDEX job_runs_finished_idx ON portal.job_runs USING btree (finished_at);

create table portal.mail_pace (
  id smallint not null default 1,
  next_slot timestamp with time zone not null,
  requests_per_second double precision not null,
  limited_at timestamp with time zone,
  constraint mail_pace_pkey PRIMARY KEY (id),
  constraint mail_pace_id_check CHECK ((id = 1)),
  constraint mail_pace_requests_per_second_check CHECK ((requests_per_second > (0)::double precision))
);

create table portal.missed_events (
  provider text not null,
  event_id text not null,
  type text not null,
  occurred_at timestamp with time zone not null,
  found_at timestamp with time zone not null,
  recovery text not null,
  attempts integer not null default 1,
  attempted_at timestamp with time zone not null,
  recovered_at timestamp with time zone,
  counted_at timestamp with time zone,
  constraint missed_events_pkey PRIMARY KEY (provider, event_id),
  constraint missed_events_recovery_check CHECK ((recovery = ANY (ARRAY['replayed'::text, 'enqueued'::text])))
);

CREATE INDEX missed_events_found_idx ON portal.missed_events USING btree (found_at);

CREATE INDEX missed_events_uncounted_idx ON portal.missed_events USING btree (provider) WHERE ((recovered_at IS NOT NULL) AND (counted_at IS NULL));

create table portal.notifications (
  id uuid not null,
  user_id uuid,
  recipient text,
  kind text not null,
  params jsonb not null,
  source text not null,
  event_id text not null,
  asset_id uuid,
  read_at timestamp with time zone,
  mail_status text not null default 'pending'::text,
  mail_attempts integer not null default 0,
  mail_first_try timestamp with time zone,
  mail_error text,
  resend_email_id text,
  sent_at timestamp with time zone,
  created_at timestamp with time zone not null,
  delivery_status text,
  delivery_at timestamp with time zone,
  delivery_event_id text,
  delivery_reason text,
  mail_requested_at timestamp with time zone,
  mail_resends integer not null default 0,
  sent_to text,
  delivery_is_soft boolean not null default false,
  constraint notifications_resend_email_id_key UNIQUE (resend_email_id),
  constraint notifications_pkey PRIMARY KEY (id),
  constraint notifications_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES portal.assets(id),
  constraint notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES portal.users(id),
  constraint notifications_check CHECK ((num_nonnulls(user_id, recipient) = 1)),
  constraint notifications_delivery_status_check CHECK (((delivery_status IS NULL) OR (portal.delivery_rank(delivery_status) IS NOT NULL))),
  constraint notifications_mail_status_check CHECK ((mail_status = ANY (ARRAY['pending'::text, 'sent'::text, 'suppressed'::text, 'failed'::text])))
);

CREATE INDEX notifications_asset_idx ON portal.notifications USING btree (asset_id) WHERE (asset_id IS NOT NULL);

CREATE INDEX notifications_created_idx ON portal.notifications USING btree (created_at DESC, id DESC);

CREATE INDEX notifications_failed_idx ON portal.notifications USING btree (created_at DESC, id DESC) WHERE (mail_status = 'failed'::text);

CREATE UNIQUE INDEX notifications_once_key ON portal.notifications USING btree (source, event_id, user_id, recipient, kind, ((params ->> 'address'::text))) NULLS NOT DISTINCT;

CREATE INDEX notifications_sent_idx ON portal.notifications USING btree (sent_at) WHERE (sent_at IS NOT NULL);

CREATE INDEX notifications_user_idx ON portal.notifications USING btree (user_id, created_at DESC);

create table portal.operator_actions (
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  operator text not null,
  command text not null,
  reason text,
  arguments jsonb not null,
  result jsonb not null,
  request_id text,
  "position" bigint,
  previous_hash text,
  hash text,
  constraint operator_actions_pkey PRIMARY KEY (id)
);

CREATE INDEX operator_actions_at_idx ON portal.operator_actions USING btree (at DESC);

CREATE INDEX operator_actions_event_idx ON portal.operator_actions USING btree (((arguments ->> 'event'::text))) WHERE ((arguments ->> 'event'::text) IS NOT NULL);

CREATE UNIQUE INDEX operator_actions_position_idx ON portal.operator_actions USING btree ("position");

create table portal.outbox (
  id uuid not null,
  type text not null,
  detail jsonb not null,
  created_at timestamp with time zone not null,
  published_at timestamp with time zone,
  attempts integer not null default 0,
  last_error text,
  rejections integer not null default 0,
  next_attempt_at timestamp with time zone,
  set_aside_at timestamp with time zone,
  constraint outbox_pkey PRIMARY KEY (id)
);

CREATE INDEX outbox_published_idx ON portal.outbox USING btree (published_at) WHERE (published_at IS NOT NULL);

CREATE INDEX outbox_unpublished_idx ON portal.outbox USING btree (created_at, id) WHERE (published_at IS NULL);

create table portal.reconciliations (
  provider text not null,
  agreed_until timestamp with time zone,
  pass jsonb,
  not_before timestamp with time zone,
  holder text,
  held_until timestamp with time zone,
  compared_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  constraint reconciliations_pkey PRIMARY KEY (provider)
);

create table portal.region_declarations (
  id bigint not null generated always as identity,
  declaration uuid not null,
  declared_at timestamp with time zone not null,
  operator text not null,
  provider text not null,
  asset_id uuid,
  region text not null,
  document text not null,
  reason text not null,
  constraint region_declarations_pkey PRIMARY KEY (id),
  constraint region_declarations_document_check CHECK ((document <> ''::text)),
  constraint region_declarations_provider_check CHECK ((provider <> ''::text)),
  constraint region_declarations_region_check CHECK ((region ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
);

create table portal.residency_reports (
  id uuid not null,
  sequence integer not null,
  week date not null,
  generated_at timestamp with time zone not null,
  bucket text not null,
  files jsonb not null,
  sha256 text not null,
  previous_sha256 text,
  assets bigint not null,
  violations bigint not null,
  signature text,
  key_id text,
  not_established bigint,
  constraint residency_reports_sequence_key UNIQUE (sequence),
  constraint residency_reports_week_key UNIQUE (week),
  constraint residency_reports_pkey PRIMARY KEY (id),
  constraint residency_reports_check CHECK (((sequence = 1) = (previous_sha256 IS NULL))),
  constraint residency_reports_previous_sha256_check CHECK ((previous_sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint residency_reports_sequence_check CHECK ((sequence > 0)),
  constraint residency_reports_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

create table portal.share_link_expiries (
  run_at timestamp with time zone not null,
  owner_id uuid not null,
  links integer not null,
  listed jsonb not null,
  part integer not null default 1,
  mailed_at timestamp with time zone,
  constraint share_link_expiries_pkey PRIMARY KEY (run_at, owner_id),
  constraint share_link_expiries_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES portal.users(id)
);

CREATE INDEX share_link_expiries_unmailed_idx ON portal.share_link_expiries USING btree (run_at, owner_id) WHERE (mailed_at IS NULL);

create table portal.share_link_tokens (
  id uuid not null default gen_random_uuid(),
  share_link_id uuid not null,
  token_hash bytea not null,
  revoked_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint share_link_tokens_token_hash_key UNIQUE (token_hash),
  constraint share_link_tokens_pkey PRIMARY KEY (id),
  constraint share_link_tokens_share_link_id_fkey FOREIGN KEY (share_link_id) REFERENCES portal.share_links(id) ON DELETE CASCADE,
  constraint share_link_tokens_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

CREATE INDEX share_link_tokens_link_idx ON portal.share_link_tokens USING btree (share_link_id);

create table portal.share_links (
  id uuid not null default gen_random_uuid(),
  asset_id uuid not null,
  owner_id uuid not null,
  label text,
  status text not null default 'active'::text,
  expires_at timestamp with time zone not null,
  expired_at timestamp with time zone,
  revoked_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint share_links_pkey PRIMARY KEY (id),
  constraint share_links_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES portal.assets(id),
  constraint share_links_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES portal.users(id),
  constraint share_links_check CHECK (((status = 'expired'::text) = (expired_at IS NOT NULL))),
  constraint share_links_check1 CHECK (((status = 'revoked'::text) = (revoked_at IS NOT NULL))),
  constraint share_links_status_check CHECK ((status = ANY (ARRAY['active'::text, 'expired'::text, 'revoked'::text])))
);

CREATE INDEX share_links_asset_idx ON portal.share_links USING btree (asset_id);

CREATE INDEX share_links_closed_idx ON portal.share_links USING btree (COALESCE(expired_at, revoked_at)) WHERE (status <> 'active'::text);

CREATE INDEX share_links_due_idx ON portal.share_links USING btree (expires_at, id) WHERE (status = 'active'::text);

CREATE INDEX share_links_due_owner_idx ON portal.share_links USING btree (owner_id, expires_at, id) WHERE (status = 'active'::text);

CREATE INDEX share_links_owner_idx ON portal.share_links USING btree (owner_id);

create table portal.users (
  id uuid not null default gen_random_uuid(),
  email text not null,
  name text not null,
  role text not null default 'member'::text,
  created_at timestamp with time zone not null default now(),
  constraint users_pkey PRIMARY KEY (id),
  constraint users_role_check CHECK ((role = ANY (ARRAY['member'::text, 'admin'::text])))
);

CREATE INDEX users_admins_idx ON portal.users USING btree (id) WHERE (role = 'admin'::text);

CREATE UNIQUE INDEX users_email_key ON portal.users USING btree (lower(email));

create table portal.webhook_events (
  id bigint not null generated always as identity,
  source text not null,
  event_id text not null,
  type text not null,
  status text not null,
  body text,
  received_at timestamp with time zone not null,
  processed_at timestamp with time zone,
  attempts integer not null default 1,
  redrives integer not null default 0,
  error_code text,
  error_message text,
  effects jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  replays integer not null default 0,
  escalated_at timestamp with time zone,
  origin text not null default 'signed'::text,
  history jsonb not null default '[]'::jsonb,
  constraint webhook_events_source_event_id_key UNIQUE (source, event_id),
  constraint webhook_events_pkey PRIMARY KEY (id),
  constraint webhook_events_origin_check CHECK ((origin = ANY (ARRAY['signed'::text, 'reconciled'::text]))),
  constraint webhook_events_status_check CHECK ((status = ANY (ARRAY['processed'::text, 'ignored'::text, 'synthetic'::text, 'failed'::text, 'exhausted'::text, 'closed'::text])))
);

CREATE INDEX webhook_events_body_idx ON portal.webhook_events USING btree (received_at) WHERE (body IS NOT NULL);

CREATE INDEX webhook_events_failed_idx ON portal.webhook_events USING btree (source, updated_at) WHERE (status = 'failed'::text);

CREATE INDEX webhook_events_open_idx ON portal.webhook_events USING btree (status, updated_at) WHERE (status = ANY (ARRAY['failed'::text, 'exhausted'::text]));

CREATE INDEX webhook_events_unescalated_idx ON portal.webhook_events USING btree (updated_at) WHERE ((status = 'exhausted'::text) AND (escalated_at IS NULL));

create table portal.webhook_replays (
  source text not null,
  event_id text not null,
  replay text not null,
  status text not null,
  requested_at timestamp with time zone not null,
  processed_at timestamp with time zone,
  attempts integer not null default 0,
  redrives integer not null default 0,
  error_code text,
  error_message text,
  effects jsonb not null default '{}'::jsonb,
  escalated_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  history jsonb not null default '[]'::jsonb,
  constraint webhook_replays_pkey PRIMARY KEY (source, event_id, replay),
  constraint webhook_replays_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'processed'::text, 'failed'::text, 'exhausted'::text, 'closed'::text])))
);

CREATE INDEX webhook_replays_open_idx ON portal.webhook_replays USING btree (status, updated_at) WHERE (status = ANY (ARRAY['requested'::text, 'failed'::text, 'exhausted'::text]));
