import type { InvitationStatus } from '../catalog/operator-commands.ts';
import type { Queryable } from '../platform/postgres/database.ts';

export interface ExpiredInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly issuedAt: Date;
  readonly invitedBy: string | null;
}

/** Oldest first. What somebody else holds, such as an acceptance under way, is left to the next run. */
const EXPIRE = `
  with due as materialized (
    select id from portal.invitations
     where status = 'pending' and issued_at < $1::timestamptz
     order by issued_at, id limit $2::integer for update skip locked
  ), expired as (
    update portal.invitations as invitation
       set status = 'expired', expired_at = $3::timestamptz
      from due
     where invitation.id = due.id and invitation.status = 'pending'
    returning invitation.id, invitation.email, invitation.role, invitation.issued_at, invitation.invited_by
  )
  select expired.id, expired.email, expired.role, expired.issued_at as "issuedAt", users.name as "invitedBy"
    from expired left join portal.users on users.id = expired.invited_by
   order by expired.issued_at, expired.id`;

export interface InvitationSelection {
  /** An invitation of this very moment is still open. */
  readonly issuedBefore: Date;
  readonly limit: number;
}

const COUNT_DUE = `
  select count(*)::integer as due
    from portal.invitations
   where status = 'pending' and issued_at < $1::timestamptz`;

/** What a run left to the next: for lack of time, or because somebody else held it. */
export async function countDueInvitations(db: Queryable, issuedBefore: Date): Promise<number> {
  const { rows } = await db.query<{ due: number }>(COUNT_DUE, [issuedBefore]);
  return rows[0]?.due ?? 0;
}

export async function expireInvitations(
  db: Queryable,
  { issuedBefore, limit }: InvitationSelection,
  now: Date,
): Promise<readonly ExpiredInvitation[]> {
  const { rows } = await db.query<ExpiredInvitation & Record<string, unknown>>(EXPIRE, [
    issuedBefore,
    limit,
    now,
  ]);
  return rows;
}

export interface InvitationLine {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly status: InvitationStatus;
  readonly issuedAt: Date;
  readonly invitedBy: string | null;
}

const LIST = `
  select invitation.id, invitation.email, invitation.role, invitation.status, invitation.issued_at as "issuedAt",
         users.name as "invitedBy"
    from portal.invitations as invitation left join portal.users on users.id = invitation.invited_by
   where invitation.status = $1::text
   order by invitation.issued_at desc, invitation.id
   limit $2::integer`;

/** The newest first. */
export async function listInvitations(
  db: Queryable,
  status: InvitationLine['status'],
  limit: number,
): Promise<readonly InvitationLine[]> {
  const { rows } = await db.query<InvitationLine & Record<string, unknown>>(LIST, [status, limit]);
  return rows;
}

/** An address that has been invited anew meanwhile keeps that invitation: it has one open at most. */
const REISSUE = `
  with reissued as (
    update portal.invitations as invitation
       set status = 'pending', issued_at = $2::timestamptz, expired_at = null
     where id = $1::uuid and status = 'expired'
       and not exists (
         select from portal.invitations as open
          where open.status = 'pending' and lower(open.email) = lower(invitation.email))
    returning id, email, role, issued_at as "issuedAt"
  ), event as materialized (
    select gen_random_uuid() as id, reissued.id as "invitationId", email, role from reissued
  ), published as (
    insert into portal.outbox (id, type, detail, created_at)
    select id, 'invitation.reissued',
           jsonb_build_object('version', 1, 'id', id, 'occurredAt', $3::text, 'invitationId', "invitationId",
             'email', email, 'role', role, 'issuedAt', $3::text), $2::timestamptz
      from event
  )
  select id, email, role, "issuedAt" from reissued`;

export type ReissuedInvitation = Pick<InvitationLine, 'id' | 'email' | 'role' | 'issuedAt'>;

/** Opens it for another 72 hours; the portal hears of it and writes to the invited. @returns undefined where none is expired. */
export async function reissueInvitation(
  db: Queryable,
  id: string,
  at: Date,
): Promise<ReissuedInvitation | undefined> {
  const { rows } = await db.query<ReissuedInvitation & Record<string, unknown>>(REISSUE, [
    id,
    at,
    at.toISOString(),
  ]);
  return rows[0];
}
