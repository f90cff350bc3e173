import { eventTextLimits } from '../catalog/domain-events.ts';
import type { InvitationStatus } from '../catalog/statuses.ts';
import type { Queryable } from '../platform/postgres/database.ts';

export interface ExpiredInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly issuedAt: Date;
  readonly invitedBy: string | null;
}

/**
 * Expires invitations, oldest first. Rows that another transaction has locked, such as one that
 * accepts the invitation, are left to the next run.
 */
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
    returning invitation.id, invitation.email, invitation.role, invitation.issued_at,
              invitation.invited_by
  )
  select expired.id, expired.email, expired.role, expired.issued_at as "issuedAt",
         users.name as "invitedBy"
    from expired left join portal.users on users.id = expired.invited_by
   order by expired.issued_at, expired.id`;

export interface InvitationSelection {
  /** Exclusive: an invitation issued at exactly this time is still open. */
  readonly issuedBefore: Date;
  readonly limit: number;
}

const COUNT_DUE = `
  select count(*)::integer as due
    from portal.invitations
   where status = 'pending' and issued_at < $1::timestamptz`;

/** Counts invitations that a run did not expire: it had no time left, or the rows were locked. */
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

export interface ListedInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly status: InvitationStatus;
  readonly issuedAt: Date;
  readonly invitedBy: string | null;
}

const LIST = `
  select invitation.id, invitation.email, invitation.role, invitation.status,
         invitation.issued_at as "issuedAt", users.name as "invitedBy"
    from portal.invitations as invitation
    left join portal.users on users.id = invitation.invited_by
   where invitation.status = $1::text
   order by invitation.issued_at desc, invitation.id
   limit $2::integer`;

/** Lists invitations with a status, newest first. */
export async function listInvitations(
  db: Queryable,
  status: ListedInvitation['status'],
  limit: number,
): Promise<readonly ListedInvitation[]> {
  const { rows } = await db.query<ListedInvitation & Record<string, unknown>>(LIST, [
    status,
    limit,
  ]);
  return rows;
}

/**
 * Reopens an expired invitation, unless the address has another open invitation. The trigger of
 * migrations/0029 expires another one that is past its 72 hours.
 */
const REISSUE = `
  with reissued as (
    update portal.invitations as invitation
       set status = 'pending', issued_at = $2::timestamptz, expired_at = null
     where id = $1::uuid
       and (status = 'expired'
            or (status = 'pending' and issued_at < $2::timestamptz - interval '72 hours'))
       and not exists (
         select from portal.invitations as open
          where open.status = 'pending' and lower(open.email) = lower(invitation.email)
            and open.issued_at >= $2::timestamptz - interval '72 hours')
    returning id, email, role, issued_at as "issuedAt"
  ), event as materialized (
    select gen_random_uuid() as id, reissued.id as "invitationId", email, role from reissued
  ), published as (
    insert into portal.outbox (id, type, detail, created_at)
    select id, 'invitation.reissued',
           jsonb_build_object(
             'version', 1, 'id', id, 'occurredAt', $3::text, 'invitationId', "invitationId",
             'email', left(email, ${eventTextLimits.address}), 'role', role, 'issuedAt', $3::text),
           $2::timestamptz
      from event
  )
  select id, email, role, "issuedAt" from reissued`;

export type ReissuedInvitation = Pick<ListedInvitation, 'id' | 'email' | 'role' | 'issuedAt'>;

/**
 * Reopens an expired invitation for 72 hours and publishes `invitation.reissued`, upon which the
 * portal mails the invited person.
 * @returns undefined if no invitation was reopened.
 */
export async function reissueInvitation(
  db: Queryable,
  id: string,
  at: Date,
): Promise<ReissuedInvitation | undefined> {
  try {
    const values = [id, at, at.toISOString()];
    const { rows } = await db.query<ReissuedInvitation & Record<string, unknown>>(REISSUE, values);
    return rows[0];
  } catch (error) {
    // Another invitation of the address opened after this statement had begun.
    if (isOpenAlready(error)) return undefined;
    throw error;
  }
}

const isOpenAlready = (error: unknown): boolean =>
  error instanceof Error &&
  'constraint' in error &&
  error.constraint === 'invitations_open_email_key';

/** State of an invitation that cannot be reopened, and the open invitation of its address. */
export interface InvitationObstacle {
  readonly status: InvitationStatus;
  readonly issuedAt: Date;
  readonly acceptedAt: Date | null;
  readonly openId: string | null;
  readonly openSince: Date | null;
}

const OBSTACLE = `
  select invitation.status, invitation.issued_at as "issuedAt",
         invitation.accepted_at as "acceptedAt", open.id as "openId",
         open.issued_at as "openSince"
    from portal.invitations as invitation
    left join portal.invitations as open
      on open.status = 'pending' and lower(open.email) = lower(invitation.email)
   where invitation.id = $1::uuid`;

/** @returns undefined if no invitation has the id. */
export async function findObstacle(
  db: Queryable,
  id: string,
): Promise<InvitationObstacle | undefined> {
  const { rows } = await db.query<InvitationObstacle & Record<string, unknown>>(OBSTACLE, [id]);
  return rows[0];
}
