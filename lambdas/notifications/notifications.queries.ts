import type { Queryable } from '../platform/postgres/database.ts';
import { redactTexts } from '../platform/redaction/redact-texts.ts';
import { jsonParameter, storableText } from '../platform/storable-text.ts';
import { shownParams } from './templates/shown-params.ts';

/** Addresses a member, or an e-mail address without an account. */
type Addressee =
  | { readonly userId: string; readonly recipient?: never }
  | { readonly userId?: never; readonly recipient: string };

export type NewNotification = Addressee & {
  readonly id: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly source: string;
  readonly eventId: string;
  readonly assetId: string | null;
  readonly createdAt: Date;
};

const INSERT = `
  insert into portal.notifications
    (id, user_id, recipient, kind, params, source, event_id, asset_id, created_at)
  select "id", "userId", "recipient", "kind", "params", "source", "eventId", "assetId", "createdAt"
    from jsonb_to_recordset($1::jsonb) as entry (
      "id" uuid, "userId" uuid, "recipient" text, "kind" text, "params" jsonb, "source" text,
      "eventId" text, "assetId" uuid, "createdAt" timestamptz
    )
      on conflict do nothing`;

/** Skips existing rows: one event notifies a person once with one kind of notification. */
export async function insertNotifications(
  db: Queryable,
  rows: readonly NewNotification[],
): Promise<void> {
  if (rows.length === 0) return;
  const stored = rows.map(({ params, ...row }) => ({
    ...row,
    params: redactTexts(params, shownParams),
  }));
  await db.query(INSERT, [jsonParameter(stored)]);
}

export type MailStatus = 'pending' | 'sent' | 'suppressed' | 'failed';

export interface MailRequest {
  readonly id: string;
  readonly kind: string;
  /** Origin of the notification: a provider, or a job. */
  readonly source: string;
  readonly eventId: string;
  readonly params: unknown;
  readonly email: string;
  /** True if the recipient is an address of the stage's settings, not a member. */
  readonly isOperational: boolean;
  readonly status: MailStatus;
  readonly attempts: number;
  /** First attempt that may have sent the mail; null while no attempt can have sent it. */
  readonly firstAttempt: Date | null;
  /** Time of the notification, or of the last resend by an operator. */
  readonly requestedAt: Date;
  /** Number of resends by an operator. Each one has its own idempotency key. */
  readonly resends: number;
}

const FIND_MAIL_REQUEST = `
  select notifications.id, notifications.kind, notifications.source,
         notifications.event_id as "eventId", notifications.params,
         coalesce(users.email, notifications.recipient) as email,
         notifications.user_id is null as "isOperational",
         notifications.mail_status as status, notifications.mail_attempts as attempts,
         notifications.mail_first_try as "firstAttempt",
         coalesce(notifications.mail_requested_at, notifications.created_at) as "requestedAt",
         notifications.mail_resends as resends
    from portal.notifications
    left join portal.users on users.id = notifications.user_id
   where notifications.id = $1::uuid`;

export async function findMailRequest(db: Queryable, id: string): Promise<MailRequest | undefined> {
  const { rows } = await db.query<MailRequest>(FIND_MAIL_REQUEST, [id]);
  return rows[0];
}

const RECORD_ATTEMPT = `
  update portal.notifications
     set mail_first_try = coalesce(mail_first_try, $2::timestamptz),
         mail_attempts = mail_attempts + 1, sent_to = $3::text
   where id = $1::uuid and mail_status = 'pending'
  returning mail_attempts as attempt`;

/**
 * Records an attempt before each call to Resend.
 * @param sentTo Canonical address of the recipient. Events about the mail count for it, even if the
 *   member changes the address.
 * @returns the number of the attempt, or undefined if the mail is no longer pending.
 */
export async function recordAttempt(
  db: Queryable,
  id: string,
  at: Date,
  sentTo: string,
): Promise<number | undefined> {
  const { rows } = await db.query<{ attempt: number }>(RECORD_ATTEMPT, [id, at, sentTo]);
  return rows[0]?.attempt;
}

const CLEAR_FIRST_ATTEMPT = `
  update portal.notifications
     set mail_first_try = null
   where id = $1::uuid and mail_status = 'pending' and mail_attempts = $2::integer`;

/**
 * Clears the first attempt after Resend confirmed that it sent nothing. Call only if this attempt
 * was the first one. The guard on the number of attempts protects a later, uncertain attempt.
 */
export async function clearFirstAttempt(db: Queryable, id: string, attempt: number): Promise<void> {
  await db.query(CLEAR_FIRST_ATTEMPT, [id, attempt]);
}

const MARK_SENT = `
  update portal.notifications
     set mail_status = 'sent', resend_email_id = $2::text, sent_at = $3::timestamptz,
         mail_error = null
   where id = $1::uuid and mail_status = 'pending'`;

/** @returns true if this call changed the status from pending. */
export async function markSent(
  db: Queryable,
  id: string,
  emailId: string,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(MARK_SENT, [id, storableText(emailId), at]);
  return rowCount === 1;
}

const MARK_SENT_UNCONFIRMED = `
  update portal.notifications
     set mail_status = 'sent', sent_at = $2::timestamptz, mail_error = $3::text
   where id = $1::uuid and mail_status = 'pending'`;

/**
 * Records a mail that Resend accepted at an earlier attempt whose response was lost. Resend's id of
 * the mail is unknown; its events name the notification in a tag.
 */
export async function markSentUnconfirmed(
  db: Queryable,
  id: string,
  reason: string,
  at: Date,
): Promise<void> {
  await db.query(MARK_SENT_UNCONFIRMED, [id, at, storableText(reason)]);
}

const MARK_UNSENT = `
  update portal.notifications
     set mail_status = $2::text, mail_error = $3::text
   where id = $1::uuid and mail_status = 'pending'`;

/** @returns true if this call changed the status from pending. */
export async function markUnsent(
  db: Queryable,
  id: string,
  status: 'suppressed' | 'failed',
  reason: string,
): Promise<boolean> {
  const { rowCount } = await db.query(MARK_UNSENT, [id, status, storableText(reason)]);
  return rowCount === 1;
}

export interface MailStatusRecord {
  readonly id: string;
  readonly status: MailStatus;
  readonly requestedAt: Date;
}

const FIND_MAIL_STATUSES = `
  select id, mail_status as status,
         coalesce(mail_requested_at, created_at) as "requestedAt"
    from portal.notifications
   where id = any($1::uuid[])`;

export async function findMailStatuses(
  db: Queryable,
  ids: readonly string[],
): Promise<readonly MailStatusRecord[]> {
  const { rows } = await db.query<MailStatusRecord & Record<string, unknown>>(FIND_MAIL_STATUSES, [
    ids,
  ]);
  return rows;
}

const ABANDON_MAILS = `
  update portal.notifications
     set mail_status = 'failed', mail_error = 'abandoned: not sent within 3 days'
   where id = any($1::uuid[]) and mail_status = 'pending'`;

export async function abandonMails(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.query(ABANDON_MAILS, [ids]);
}
