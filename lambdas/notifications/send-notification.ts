import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { bareAddress } from './email-address.ts';
import { findSuppression } from './email-suppressions.queries.ts';
import {
  clearFirstAttempt,
  findMailRequest,
  type MailRequest,
  markSent,
  markUnsent,
  recordAttempt,
} from './notifications.queries.ts';
import { type RenderedMail, renderMail } from './render-mail.ts';
import type { SendMail } from './resend-client.ts';
import { isRateLimited } from './resend-errors.ts';

export interface SendNotificationDeps {
  readonly database: () => Promise<Queryable>;
  readonly sendMail: SendMail;
  readonly portalUrl: string;
  readonly now: Clock;
}

/** Result with the origin of the notification, which is known once the notification is found. */
export type NotificationResult = MailResult & {
  readonly source?: string;
  readonly eventId?: string;
};

type MailResult =
  | { readonly outcome: 'sent'; readonly emailId: string }
  | { readonly outcome: 'already-sent' }
  | { readonly outcome: 'failed'; readonly code: string }
  | { readonly outcome: 'suppressed'; readonly reason: string }
  | {
      readonly outcome: 'deferred';
      readonly code: string;
      /** True if the rest of the batch must wait too. */
      readonly isRateLimited: boolean;
      readonly retryAfterSeconds?: number;
    };

// Resend forgets an idempotency key after 24 hours and would then send the mail again. The one hour
// of margin covers clock differences: https://resend.com/docs/dashboard/emails/idempotency-keys
const UNCERTAIN_FOR_MS = 23 * 3_600_000;

/**
 * Sends at most one mail for a notification, however often and concurrently it is called. The
 * database blocks further attempts once the result is recorded; Resend's idempotency key does so
 * before that. Throws if the database fails.
 */
export function makeSendNotification(deps: SendNotificationDeps) {
  return async function sendNotification(id: string): Promise<NotificationResult> {
    const db = await deps.database();
    const request = await findMailRequest(db, id);
    // A replay into a restored database may arrive before the notification's row.
    if (request === undefined)
      return { outcome: 'deferred', code: 'no-such-notification', isRateLimited: false };
    const { source, eventId } = request;
    return { source, eventId, ...(await handleRequest(deps, db, request)) };
  };
}

async function handleRequest(
  deps: SendNotificationDeps,
  db: Queryable,
  request: MailRequest,
): Promise<MailResult> {
  const { id } = request;
  if (request.status !== 'pending') return { outcome: 'already-sent' };
  // Checked at each attempt, as the address may be suppressed after the notification was made.
  const suppression = await findSuppression(db, bareAddress(request.email));
  if (suppression !== undefined) {
    await markUnsent(db, id, 'suppressed', suppression.reason);
    return { outcome: 'suppressed', reason: suppression.reason };
  }
  if (isUncertainForTooLong(request, deps.now())) return fail(db, id, 'outcome-unknown');

  const rendering = await renderMail(request.kind, request.params, deps.portalUrl);
  if (rendering.outcome !== 'rendered') return fail(db, id, rendering.outcome, rendering.fault);
  return send(deps, db, request, rendering.mail);
}

async function send(
  { sendMail, now }: SendNotificationDeps,
  db: Queryable,
  request: MailRequest,
  mail: RenderedMail,
): Promise<MailResult> {
  const { id, kind, email } = request;
  const attempt = await recordAttempt(db, id, now());
  if (attempt === undefined) return { outcome: 'already-sent' };

  const result = await sendMail({ notificationId: id, kind, to: email, ...mail });
  if (result.outcome === 'sent') {
    await markSent(db, id, result.emailId, now());
    return result;
  }
  if (result.outcome === 'rejected') return fail(db, id, result.code, result.message);

  // A wrong key or an exhausted quota may last for days, which must not count as uncertain time.
  const isOnlyAttempt = request.firstAttempt === null && attempt === request.attempts + 1;
  if (!result.maybeSent && isOnlyAttempt) await clearFirstAttempt(db, id, attempt);
  const { code, retryAfterSeconds } = result;
  return {
    outcome: 'deferred',
    code,
    isRateLimited: isRateLimited(result),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

async function fail(db: Queryable, id: string, code: string, detail = ''): Promise<MailResult> {
  await markUnsent(db, id, 'failed', detail === '' ? code : `${code}: ${detail}`);
  return { outcome: 'failed', code };
}

function isUncertainForTooLong({ firstAttempt }: MailRequest, now: Date): boolean {
  return firstAttempt !== null && now.getTime() - firstAttempt.getTime() > UNCERTAIN_FOR_MS;
}
