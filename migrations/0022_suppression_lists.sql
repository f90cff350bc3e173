-- Up Migration

set local lock_timeout = '5s';

alter table portal.notifications
  -- Address that the mail was sent to, in its canonical form. Null for older mails.
  add column sent_to text,
  -- True for a bounce that a delivery of the mail supersedes.
  add column delivery_is_soft boolean not null default false;

alter table portal.email_suppressions
  -- List that contained the address first. Older code knows only the portal's rule.
  add column origin text not null default 'portal',
  -- Whether Resend's list contains the address, and the time at Resend of the newest report.
  add column listed boolean not null default false,
  add column listed_at timestamptz,
  add constraint email_suppressions_origin_check check (origin in ('portal', 'resend')) not valid,
  drop constraint email_suppressions_reason_check,
  add constraint email_suppressions_reason_check
    check (reason in ('complaint', 'permanent-bounces', 'transient-bounces', 'manual')) not valid,
  add constraint email_suppressions_listed_check
    check (not listed or listed_at is not null) not valid;

-- Down Migration

alter table portal.email_suppressions
  drop constraint email_suppressions_listed_check,
  drop constraint email_suppressions_reason_check,
  add constraint email_suppressions_reason_check
    check (reason in ('complaint', 'permanent-bounces', 'transient-bounces')) not valid,
  drop constraint email_suppressions_origin_check,
  drop column listed_at, drop column listed, drop column origin;
alter table portal.notifications drop column delivery_is_soft, drop column sent_to;
