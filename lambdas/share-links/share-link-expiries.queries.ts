import type { NewNotification } from '../notifications/notifications.queries.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import { LISTED_LINKS } from './expire-share-links.queries.ts';

/** Links of one owner that a run expired, and for which no mail was requested yet. */
export interface OwnerExpiry {
  readonly runAt: Date;
  readonly ownerId: string;
  readonly links: number;
  readonly part: number;
}

/**
 * Selects expiries of this run and of earlier runs that ended before their mails. Skips those of
 * a run that is still running, because the run may expire more links of the same owners.
 */
const LOCK_UNMAILED = `
  select expiry.run_at as "runAt", expiry.owner_id as "ownerId", expiry.links, expiry.part
    from portal.share_link_expiries as expiry
   where expiry.mailed_at is null
     and expiry.run_at <= $1::timestamptz
     and (expiry.run_at = $1::timestamptz
          or not exists (
               select from portal.job_runs as run
                where run.job = $2::text and run.scheduled_at = expiry.run_at
                  and run.status = 'running' and run.started_at > $3::timestamptz))
   order by expiry.run_at, expiry.owner_id
   limit $4::integer
     for update of expiry skip locked`;

export interface UnmailedSelection {
  readonly scheduledAt: Date;
  readonly job: string;
  /** Earliest start of a run that can still be running; earlier runs have timed out. */
  readonly runningSince: Date;
  readonly limit: number;
}

/** Locks expiries without a mail; skips rows that another run has locked. */
export async function lockUnmailedExpiries(
  db: Queryable,
  { scheduledAt, job, runningSince, limit }: UnmailedSelection,
): Promise<readonly OwnerExpiry[]> {
  const { rows } = await db.query<OwnerExpiry & Record<string, unknown>>(LOCK_UNMAILED, [
    scheduledAt,
    job,
    runningSince,
    limit,
  ]);
  return rows;
}

/**
 * Mail to one owner. Its params lack `links`: INSERT_MAILS copies them, up to 50, from the expiry
 * inside the database.
 */
export interface ExpiryMail {
  readonly runAt: Date;
  readonly notification: NewNotification & { readonly userId: string };
}

/** Inserts the mails and marks their expiries as mailed in the same statement. */
const INSERT_MAILS = `
  with mailed as (
    update portal.share_link_expiries as expiry
       set mailed_at = $2::timestamptz
      from jsonb_to_recordset($1::jsonb) as mail (
             "id" uuid, "userId" uuid, "kind" text, "params" jsonb, "source" text, "eventId" text,
             "createdAt" timestamptz, "runAt" timestamptz
           )
     where expiry.run_at = mail."runAt" and expiry.owner_id = mail."userId"
       and expiry.mailed_at is null
    returning mail.*, expiry.listed
  )
  insert into portal.notifications (id, user_id, kind, params, source, event_id, created_at)
  select id, "userId", kind, params || jsonb_build_object('links', links), source, "eventId",
         "createdAt"
    from mailed
   cross join lateral (
           select to_jsonb(array_agg(link order by place)) as links
             from jsonb_array_elements(listed) with ordinality as noted (one, place)
            cross join lateral (
                    select one ->> 'assetId' as "assetId", one ->> 'label' as label,
                           (select title from portal.assets
                             where id = (one ->> 'assetId')::uuid) as title,
                           one ->> 'expiresAt' as "expiresAt"
                  ) as link
            where place <= ${LISTED_LINKS}
         ) as linked
      on conflict do nothing`;

export async function insertExpiryMails(
  db: Queryable,
  mails: readonly ExpiryMail[],
  at: Date,
): Promise<void> {
  const rows = mails.map(({ runAt, notification }) => ({ ...notification, runAt }));
  await db.query(INSERT_MAILS, [jsonParameter(rows), at]);
}

const COUNT_UNMAILED = `
  select count(*)::integer as owners
    from portal.share_link_expiries
   where mailed_at is null and run_at <= $1::timestamptz`;

/** Counts owners without a mail, of this run and of earlier runs, including those still running. */
export async function countUnmailedOwners(db: Queryable, scheduledAt: Date): Promise<number> {
  const { rows } = await db.query<{ owners: number }>(COUNT_UNMAILED, [scheduledAt]);
  return rows[0]?.owners ?? 0;
}

export interface RunSummary {
  readonly links: number;
  readonly owners: number;
  /** Owners with the most links, in descending order. */
  readonly top: readonly { readonly name: string; readonly links: number }[];
}

const SUMMARIZE = `
  select coalesce(sum(links), 0)::integer as links, count(*)::integer as owners,
         coalesce((
           select jsonb_agg(jsonb_build_object('name', users.name, 'links', most.links)
                            order by most.links desc, users.name)
             from (select owner_id, links from portal.share_link_expiries
                    where run_at = $1::timestamptz
                    order by links desc, owner_id limit $2::integer) as most
             join portal.users on users.id = most.owner_id), '[]') as top
    from portal.share_link_expiries
   where run_at = $1::timestamptz`;

/** Counts the links and owners of a run, and lists the owners with the most links. */
export async function summarizeRun(
  db: Queryable,
  runAt: Date,
  listedOwners: number,
): Promise<RunSummary> {
  const { rows } = await db.query<RunSummary & Record<string, unknown>>(SUMMARIZE, [
    runAt,
    listedOwners,
  ]);
  return rows[0] ?? { links: 0, owners: 0, top: [] };
}
