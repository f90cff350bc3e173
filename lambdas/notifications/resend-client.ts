import { Resend } from 'resend';
import { watchConnection } from './connection-watch.ts';
import { type RateLimit, readRateLimit } from './mail-rate.ts';
import type { RenderedMail } from './render-mail.ts';
import { classifyResponse, type SendResult } from './resend-errors.ts';
import { mailHeaders } from './templates/mail-headers.ts';
import type { Attachment } from './templates/template.ts';

export interface OutgoingMail extends RenderedMail {
  readonly notificationId: string;
  /** Resend keeps the key for 24 hours. */
  readonly idempotencyKey: string;
  readonly kind: string;
  readonly to: string;
}

/** Sends a mail. Never throws; each error is a result. */
export type SendMail = (mail: OutgoingMail) => Promise<ReportedResult>;

/** Result with the rate limit that the response reported. */
export type ReportedResult = SendResult & { readonly reported: RateLimit };

export interface SendMailDeps {
  readonly apiKey: () => Promise<string>;
  readonly from: string;
  /** Address that receives answers to the mails. */
  readonly replyTo: string;
  /** The package has no timeout. Five mails of a batch must fit into the function's 60 s. */
  readonly timeoutMs?: number;
}

export function makeSendMail({ apiKey, from, replyTo, timeoutMs = 8_000 }: SendMailDeps): SendMail {
  return async ({ notificationId, idempotencyKey, kind, to, ...mail }) => {
    let resend: Resend;
    try {
      resend = new Resend(await apiKey());
    } catch {
      const reported = readRateLimit(null);
      return { outcome: 'deferred', code: 'api-key-unreadable', maybeSent: false, reported };
    }
    const tags = [
      { name: 'notification_id', value: notificationId },
      // Resend accepts only letters, digits, `_` and `-`.
      { name: 'kind', value: kind.replaceAll('.', '-') },
    ];
    const { subject, html, text, attachments, list } = mail;
    const connection = watchConnection();
    const response = await resend.emails
      .send(
        {
          from,
          to,
          subject,
          html,
          text,
          tags,
          replyTo,
          headers: mailHeaders(list, { from, replyTo }),
          ...(attachments && { attachments: attachments.map(encodeAttachment) }),
        },
        { idempotencyKey, signal: AbortSignal.timeout(timeoutMs) },
      )
      .finally(connection.stop);
    return {
      ...classifyResponse(response, connection.wasRefused()),
      reported: readRateLimit(response.headers),
    };
  };
}

const encodeAttachment = ({ content, encoding, ...attachment }: Attachment) => ({
  ...attachment,
  content: encoding === 'base64' ? content : Buffer.from(content).toString('base64'),
});
