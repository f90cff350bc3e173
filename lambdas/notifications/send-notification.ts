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
import { holdsBack } from './resend-errors.ts';

export interface SendNotificationSettings {
  readonly database: () => Promise<Queryable>;
  readonly sendMail: SendMail;
  readonly portalUrl: string;
  readonly now: Clock;
}

/** What it is about is known once it is found. */
export type NotificationResult = Ending & { readonly source?: string; readonly eventId?: string };

type Ending =
  | { readonly outcome: 'sent'; readonly emailId: string }
  | { readonly outcome: 'already-sent' }
  | { readonly outcome: 'failed'; readonly code: string }
  | { readonly outcome: 'suppressed'; readonly reason: string }
  | {
      readonly outcome: 'deferred';
      readonly code: string;
      /** Whether whatever else is to be sent had better wait too. */
      readonly holdsBack: boolean;
      readonly retryAfterSeconds?: number;
    };

// Resend forgets a key after 24 hours, and would then send the mail again. The hour between is for clocks that differ:
// https://resend.com/docs/dashboard/emails/idempotency-keys
const UNCERTAIN_FOR_MS = 23 * 3_600_000;

/**
 * At most one mail for a notification, however often and however concurrently this is called: the database ends it once
 * an outcome is known, and until then Resend's idempotency key does. Throws where the database fails.
 */
export function makeSendNotification(settings: SendNotificationSettings) {
  return async function sendNotification(id: string): Promise<NotificationResult> {
    const db = await settings.database();
    const request = await findMailRequest(db, id);
    // A replay into a restored database may be ahead of it.
    if (request === undefined)
      return { outcome: 'deferred', code: 'no-such-notification', holdsBack: false };
    const { source, eventId } = request;
    return { source, eventId, ...(await settle(db, request)) };
  };

  async function settle(db: Queryable, request: MailRequest): Promise<Ending> {
    const { id } = request;
    if (request.status !== 'pending') return { outcome: 'already-sent' };
    // Asked for each try: an address may have been suppressed since the notification was made.
    const suppression = await findSuppression(db, bareAddress(request.email));
    if (suppression !== undefined) {
      await markUnsent(db, id, 'suppressed', suppression.reason);
      return { outcome: 'suppressed', reason: suppression.reason };
    }
    if (isUncertainForTooLong(request, settings.now())) return fail(db, id, 'outcome-unknown');

    const rendering = await renderMail(request.kind, request.params, settings.portalUrl);
    if (rendering.outcome !== 'rendered') return fail(db, id, rendering.outcome, rendering.fault);
    return send(settings, db, request, rendering.mail);
  }
}

async function send(
  { sendMail, now }: SendNotificationSettings,
  db: Queryable,
  request: MailRequest,
  mail: RenderedMail,
): Promise<Ending> {
  const { id, kind, email } = request;
  const attempt = await recordAttempt(db, id, now());
  if (attempt === undefined) return { outcome: 'already-sent' };

  const answer = await sendMail({ notificationId: id, kind, to: email, ...mail });
  if (answer.outcome === 'sent') {
    await markSent(db, id, answer.emailId, now());
    return answer;
  }
  if (answer.outcome === 'final') return fail(db, id, answer.code, answer.message);

  // A wrong key or a used-up quota may take days to mend; the clock of the 23 hours must not run meanwhile.
  const isOnlyTry = request.firstTry === null && attempt === request.attempts + 1;
  if (!answer.maybeSent && isOnlyTry) await clearFirstAttempt(db, id, attempt);
  const { code, retryAfterSeconds } = answer;
  return {
    outcome: 'deferred',
    code,
    holdsBack: holdsBack(answer),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

async function fail(db: Queryable, id: string, code: string, detail = ''): Promise<Ending> {
  await markUnsent(db, id, 'failed', detail === '' ? code : `${code}: ${detail}`);
  return { outcome: 'failed', code };
}

function isUncertainForTooLong({ firstTry }: MailRequest, now: Date): boolean {
  return firstTry !== null && now.getTime() - firstTry.getTime() > UNCERTAIN_FOR_MS;
}
