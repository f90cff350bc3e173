/** Rows that events of a few seconds cannot cause: old, rejected and suppressed ones. */
export const INSERT_SET_ASIDE = `
  insert into portal.outbox
    (id, type, detail, created_at, set_aside_at, rejections, attempts, last_error)
  values (gen_random_uuid(), 'asset.failed', '{}', now() - interval '40 minutes', now(), 3, 3,
          'InvalidArgument: the detail is larger than 262144 bytes')`;

export const INSERT_SUPPRESSIONS = `
  insert into portal.email_suppressions (address, suppressed, reason, since, source, event_id)
  values
    ('ana.ferreira@members.example', true, 'complaint', now() - interval '2 days', 'resend', 'a'),
    ('a.very.long.name.of.a.member@subdomain.of.a.long-domain.example', true,
     'permanent-bounces', now() - interval '3 hours', 'resend', 'b')`;

export const INSERT_RUNS = `
  insert into portal.job_runs (job, scheduled_at, status, started_at, finished_at, error, counts)
  values
    ('reconcile', now() - interval '8 minutes', 'failed', now() - interval '8 minutes',
     now() - interval '7 minutes', 'api.mux.com answered 503 three times', '{}'),
    ('expire-share-links', now() - interval '6 minutes', 'succeeded',
     now() - interval '6 minutes', now() - interval '358 seconds', null,
     '{"LinksExpired": 12, "TokensRevoked": 12, "OwnersMailed": 3}'),
    ('prune', now() - interval '5 hours', 'succeeded', now() - interval '5 hours',
     now() - interval '299 minutes', null, '{"BodiesPruned": 18423, "JobRunsPruned": 310}')`;

export const INSERT_RECONCILIATIONS = `
  insert into portal.reconciliations (provider, compared_at, agreed_until, updated_at)
  values ('resend', now() - interval '4 minutes', now() - interval '30 minutes', now()),
         ('mux', now() - interval '4 minutes', now() - interval '34 minutes', now())`;

/** Gives a video another asset than the events of its upload name. */
export const CONTRADICT_UPLOAD = `
  update portal.assets set mux_asset_id = 'other-' || id, binding = 'upload'
   where mux_upload_id = $1`;
