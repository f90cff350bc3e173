import { Resend } from 'resend';
import type { RenderedMail } from './render-mail.ts';
import { classifyResponse, type SendResult } from './resend-errors.ts';
import type { Attachment } from './templates/template.ts';

export interface OutgoingMail extends RenderedMail {
  /** Used as the idempotency key too, which Resend keeps for 24 hours. */
  readonly notificationId: string;
  readonly kind: string;
  readonly to: string;
}

/** Sends a mail. Never throws; each error is a result. */
export type SendMail = (mail: OutgoingMail) => Promise<SendResult>;

export interface SendMailDeps {
  readonly apiKey: () => Promise<string>;
  readonly from: string;
  /** The package has no timeout. Five mails of a batch must fit into the function's 60 s. */
  readonly timeoutMs?: number;
}

export function makeSendMail({ apiKey, from, timeoutMs = 8_000 }: SendMailDeps): SendMail {
  return async ({ notificationId, kind, to, subject, html, text, attachments }) => {
    let resend: Resend;
    try {
      resend = new Resend(await apiKey());
    } catch {
      return { outcome: 'deferred', code: 'api-key-unreadable', maybeSent: false };
    }
    const tags = [
      { name: 'notification_id', value: notificationId },
      // Resend accepts only letters, digits, `_` and `-`.
      { name: 'kind', value: kind.replaceAll('.', '-') },
    ];
    const response = await resend.emails.send(
      {
        from,
        to,
        subject,
        html,
        text,
        tags,
        ...(attachments && { attachments: attachments.map(encodeAttachment) }),
      },
      { idempotencyKey: notificationId, signal: AbortSignal.timeout(timeoutMs) },
    );
    return classifyResponse(response);
  };
}

const encodeAttachment = ({ content, ...attachment }: Attachment) => ({
  ...attachment,
  content: Buffer.from(content).toString('base64'),
});
