-- Up Migration

set local lock_timeout = '5s';

alter table portal.webhook_events
  -- How the event reached the system: in a delivery that the provider signed, or read from the
  -- provider's API by the job reconcile.
  add column origin text not null default 'signed',
  add constraint webhook_events_origin_check check (origin in ('signed', 'reconciled')) not valid;

-- Progress of the job reconcile, one row for each provider.
create table portal.reconciliations (
  provider text primary key,
  -- Everything that the provider recorded until this time is in the ledger, or was given up.
  agreed_until timestamptz,
  -- Position of a pass that is not finished, in the form of the provider's reconciler.
  pass jsonb,
  -- The provider answered 429: no request before this time.
  not_before timestamptz,
  -- Run that may call the provider's API, so that two runs cannot exceed one request per second.
  holder text,
  held_until timestamptz,
  compared_at timestamptz,
  updated_at timestamptz not null
);

-- Events that the provider has and the ledger lacked. Each is counted once.
create table portal.missed_events (
  provider text not null,
  event_id text not null,
  type text not null,
  occurred_at timestamptz not null,
  found_at timestamptz not null,
  -- Last attempt: the provider was asked to deliver again, or the event was read and enqueued.
  recovery text not null constraint missed_events_recovery_check
    check (recovery in ('replayed', 'enqueued')),
  attempts integer not null default 1,
  attempted_at timestamptz not null,
  -- First attempt that succeeded, and the run that counted it in the metric.
  recovered_at timestamptz,
  counted_at timestamptz,
  primary key (provider, event_id)
);

-- Down Migration

drop table portal.missed_events;
drop table portal.reconciliations;
alter table portal.webhook_events drop constraint webhook_events_origin_check, drop column origin;
