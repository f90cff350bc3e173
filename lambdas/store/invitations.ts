import type { Queryable } from './database.ts';

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
  const { rows } = await db.query<ExpiredInvitation & Record<string, unknown>>(EXPIRE, [issuedBefore, limit, now]);
  return rows;
}
