-- Up Migration

-- Expires an invitation of the same address that is past its 72 hours, before another one opens. The
-- job runs hourly; until then such an invitation would violate invitations_open_email_key. Publishes
-- the event that the job would publish. Runs as the owner, because the portal need not write to the outbox.
set local lock_timeout = '5s';
create function portal.expire_due_invitation() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
$$;
create trigger invitations_expire_due
  before insert or update of status on portal.invitations
  for each row when (new.status = 'pending')
  execute function portal.expire_due_invitation();

-- Down Migration

set local lock_timeout = '5s';
drop trigger invitations_expire_due on portal.invitations;
drop function portal.expire_due_invitation();
