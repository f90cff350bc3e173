import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { canonicalAddress } from './email-address.ts';
import { findSuppression } from './email-suppressions.queries.ts';
import { isTooOld } from './mail-age.ts';
import type { Slot } from './mail-pace.queries.ts';
import type { MailPace } from './mail-pace.ts';
import {
  abandonMails,
  clearFirstAttempt,
  findMailRequest,
  type MailRequest,
  markSent,
  markSentUnconfirmed,
  markUnsent,
  recordAttempt,
} from './notifications.queries.ts';
import { type RenderedMail, renderMail } from './render-mail.ts';
import type { ReportedResult, SendMail } from './resend-client.ts';
import type { SendResult } from './resend-errors.ts';

export interface SendNotificationDeps {
  readonly database: () => Promise<Queryable>;
  readonly sendMail: SendMail;
  readonly pace: MailPace;
  readonly portalUrl: string;
  readonly now: Clock;
}

/** Result with facts about the notification, which are known once it is found. */
export type NotificationResult = MailResult & {
  readonly source?: string;
  readonly eventId?: string;
  readonly requestedAt?: Date;
};

type MailResult =
  | { readonly outcome: 'sent'; readonly emailId: string }
  | { readonly outcome: 'sent-unconfirmed'; readonly code: string }
  | { readonly outcome: 'already-sent' }
  | { readonly outcome: 'failed'; readonly code: string }
  | {
      readonly outcome: 'suppressed';
      readonly reason: string;
      /** True if the recipient is an address of the stage's settings, not a member. */
      readonly isOperational: boolean;
    }
  | {
      /** The mail was not tried, or was rejected because of the rate. It must lose no receive. */
      readonly outcome: 'rate-limited';
      readonly code: string;
      readonly delaySeconds: number;
    }
  | { readonly outcome: 'deferred'; readonly code: string };

// Resend forgets an idempotency key after 24 hours and would then send the mail again. The one hour
// of margin covers clock differences: https://resend.com/docs/dashboard/emails/idempotency-keys
const UNCERTAIN_FOR_MS = 23 * 3_600_000;

export type SendNotification = (
  id: string,
  /** Milliseconds until the function ends. */
  remainingMs: () => number,
) => Promise<NotificationResult>;

/**
 * Sends at most one mail for a notification, however often and concurrently it is called. The
 * database blocks further attempts once the result is recorded; Resend's idempotency key does so
 * before that. Throws if the database fails.
 */
export function makeSendNotification(deps: SendNotificationDeps): SendNotification {
  return async function sendNotification(id, remainingMs) {
    const db = await deps.database();
    const request = await findMailRequest(db, id);
    // A replay into a restored database may arrive before the notification's row.
    if (request === undefined) return { outcome: 'deferred', code: 'no-such-notification' };
    const { source, eventId, requestedAt } = request;
    const result = await handleRequest(deps, db, request, remainingMs);
    return { source, eventId, requestedAt, ...result };
  };
}

async function handleRequest(
  deps: SendNotificationDeps,
  db: Queryable,
  request: MailRequest,
  remainingMs: () => number,
): Promise<MailResult> {
  const { id } = request;
  if (request.status !== 'pending') return { outcome: 'already-sent' };
  // Checked at each attempt, as the address may be suppressed after the notification was made.
  const suppression = await findSuppression(db, request.email);
  if (suppression !== undefined) {
    await markUnsent(db, id, 'suppressed', suppression.reason);
    const { isOperational } = request;
    return { outcome: 'suppressed', reason: suppression.reason, isOperational };
  }
  if (isUncertainForTooLong(request, deps.now())) return fail(db, id, 'outcome-unknown');
  // A requeued message is new to SQS, so the queue's retention does not bound how long it waits.
  if (isTooOld(request.requestedAt, deps.now())) {
    await abandonMails(db, [id]);
    return { outcome: 'failed', code: 'abandoned' };
  }

  const rendering = await renderMail(request.kind, request.params, deps.portalUrl);
  // During a deploy the request may come from newer code than this.
  if (rendering.outcome !== 'rendered') return { outcome: 'deferred', code: rendering.outcome };
  const reservation = await deps.pace.reserve(db, remainingMs());
  if (reservation.outcome === 'no-slot')
    return { outcome: 'rate-limited', code: 'no-slot', delaySeconds: reservation.delaySeconds };
  return send(deps, db, request, { mail: rendering.mail, slot: reservation.slot });
}

async function send(
  deps: SendNotificationDeps,
  db: Queryable,
  request: MailRequest,
  { mail, slot }: { readonly mail: RenderedMail; readonly slot: Slot },
): Promise<MailResult> {
  const { id, kind, email: to } = request;
  const attempt = await recordAttempt(db, id, deps.now(), canonicalAddress(to));
  if (attempt === undefined) return { outcome: 'already-sent' };
  const result = await deps.sendMail({
    notificationId: id,
    idempotencyKey: idempotencyKey(request),
    kind,
    to,
    ...mail,
  });
  const recorded = await record(deps, db, { request, attempt, result });
  if (result.outcome !== 'rate-limited') {
    if (result.outcome === 'sent') await deps.pace.recordSuccess(db, slot, result.reported);
    return recorded;
  }
  const delaySeconds = await deps.pace.recordRejection(db, slot, result);
  return { outcome: 'rate-limited', code: result.code, delaySeconds };
}

interface Attempt {
  readonly request: MailRequest;
  readonly attempt: number;
  readonly result: ReportedResult;
}

async function record(
  { now }: SendNotificationDeps,
  db: Queryable,
  { request, attempt, result }: Attempt,
): Promise<MailResult> {
  const { id, firstAttempt } = request;
  // A wrong key or an exhausted quota may last for days, which must not count as uncertain time.
  const isOnlyAttempt = firstAttempt === null && attempt === request.attempts + 1;
  if (isOnlyAttempt && isUnsent(result)) await clearFirstAttempt(db, id, attempt);
  switch (result.outcome) {
    case 'sent':
      await markSent(db, id, result.emailId, now());
      return { outcome: 'sent', emailId: result.emailId };
    case 'key-used':
      if (firstAttempt === null) return fail(db, id, result.code, result.message);
      await markSentUnconfirmed(db, id, `${result.code}: ${result.message}`, now());
      return { outcome: 'sent-unconfirmed', code: result.code };
    case 'rejected':
      return fail(db, id, result.code, result.message);
    default:
      return { outcome: 'deferred', code: result.code };
  }
}

/** Returns true if Resend certainly did not send the mail at this attempt. */
function isUnsent(result: SendResult): boolean {
  return (
    result.outcome === 'rejected' ||
    result.outcome === 'rate-limited' ||
    (result.outcome === 'deferred' && !result.maybeSent)
  );
}

/** Returns a new key for each resend: Resend rejects a used key, or returns the earlier result. */
function idempotencyKey({ id, resends }: MailRequest): string {
  return resends === 0 ? id : `${id}-${resends}`;
}

async function fail(db: Queryable, id: string, code: string, detail = ''): Promise<MailResult> {
  await markUnsent(db, id, 'failed', detail === '' ? code : `${code}: ${detail}`);
  return { outcome: 'failed', code };
}

function isUncertainForTooLong({ firstAttempt }: MailRequest, now: Date): boolean {
  return firstAttempt !== null && now.getTime() - firstAttempt.getTime() > UNCERTAIN_FOR_MS;
}
