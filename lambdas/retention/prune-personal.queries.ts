/** Kinds of rows about people that the daily prune removes, or cuts. */
export type PersonalPrunable =
  | 'notifications'
  | 'mailIncidents'
  | 'suppressions'
  | 'invitations'
  | 'shareLinks'
  | 'videoTexts'
  | 'commandLeases'
  | 'declarations'
  | 'unfinishedRuns';

/**
 * Remove up to `$2` rows older than `$1`, oldest first, by an index of each table. Skip locked
 * rows.
 */
export const PERSONAL_STATEMENTS: Readonly<Record<PersonalPrunable, string>> = {
  // Deleted as a whole: without its params a notification can neither be shown nor mailed.
  notifications: `
    delete from portal.notifications
     where id = any(array(
       select id from portal.notifications
        where created_at < $1::timestamptz
        order by created_at limit $2::integer for update skip locked))`,
  mailIncidents: `
    delete from portal.email_incidents
     where ctid = any(array(
       select ctid from portal.email_incidents
        where recorded_at < $1::timestamptz
        order by recorded_at limit $2::integer for update skip locked))`,
  // Keeps a suppressed address, and one whose incidents still count. The row of a lifted address
  // keeps older incidents and reports from suppressing it again, so it must be the last to go.
  suppressions: `
    delete from portal.email_suppressions
     where address = any(array(
       select address from portal.email_suppressions as known
        where not suppressed and not listed
          and coalesce(greatest(lifted_at, listed_at), '-infinity') < $1::timestamptz
          and not exists (select from portal.email_incidents as incident
                           where incident.address = known.address)
        order by coalesce(greatest(lifted_at, listed_at), '-infinity')
        limit $2::integer for update skip locked))`,
  invitations: `
    delete from portal.invitations
     where id = any(array(
       select id from portal.invitations
        where status <> 'pending' and issued_at < $1::timestamptz
        order by issued_at limit $2::integer for update skip locked))`,
  // Deletes the hashes of the tokens with the link.
  shareLinks: `
    delete from portal.share_links
     where id = any(array(
       select id from portal.share_links
        where status <> 'active' and coalesce(expired_at, revoked_at) < $1::timestamptz
        order by coalesce(expired_at, revoked_at) limit $2::integer for update skip locked))`,
  // The row of a video stays for residency reports and state changes; it holds ids and times.
  videoTexts: `
    update portal.assets
       set title = null, failure_reason = null
     where id = any(array(
       select id from portal.assets
        where status in ('cancelled', 'deleted')
          and (title is not null or failure_reason is not null)
          and updated_at < $1::timestamptz
        order by updated_at limit $2::integer for update skip locked))`,
  // A row for each command that takes a lease; a killed run leaves the name of its operator behind.
  commandLeases: `
    delete from portal.command_leases
     where name = any(array(
       select name from portal.command_leases
        where expires_at < $1::timestamptz
        order by expires_at limit $2::integer for update skip locked))`,
  // A killed run without an end stays on record, but not who started it.
  unfinishedRuns: `
    update portal.job_runs
       set started_by = 'removed'
     where id = any(array(
       select id from portal.job_runs
        where finished_at is null and started_at < $1::timestamptz
          and started_by not in ('schedule', 'removed')
        order by id limit $2::integer for update skip locked))`,
  // The newest declaration of a provider or video is in force, so it stays.
  declarations: `
    delete from portal.region_declarations
     where id = any(array(
       select id from portal.region_declarations as old
        where declared_at < $1::timestamptz
          and exists (select from portal.region_declarations as newer
                       where newer.provider = old.provider
                         and newer.asset_id is not distinct from old.asset_id
                         and newer.id > old.id)
        order by id limit $2::integer for update skip locked))`,
};
