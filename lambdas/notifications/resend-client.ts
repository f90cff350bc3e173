import { Resend } from 'resend';
import type { RenderedMail } from './render-mail.ts';
import { classifyResponse, type SendResult } from './resend-errors.ts';
import type { Attachment } from './templates/template.ts';

export interface OutgoingMail extends RenderedMail {
  /** Also the idempotency key, which Resend keeps for 24 hours. */
  readonly notificationId: string;
  readonly kind: string;
  readonly to: string;
}

/** Never throws: whatever goes wrong is an outcome. */
export type SendMail = (mail: OutgoingMail) => Promise<SendResult>;

export interface ResendSettings {
  readonly apiKey: () => Promise<string>;
  readonly from: string;
  /** The package itself waits for ever. Five mails of a batch have to fit into the function's 60 s. */
  readonly timeoutMs?: number;
}

export function makeSendMail({ apiKey, from, timeoutMs = 8_000 }: ResendSettings): SendMail {
  return async ({ notificationId, kind, to, subject, html, text, attachments }) => {
    let resend: Resend;
    try {
      resend = new Resend(await apiKey());
    } catch {
      return { outcome: 'deferred', code: 'api-key-unreadable', maybeSent: false };
    }
    const tags = [
      { name: 'notification_id', value: notificationId },
      // Resend takes letters, digits, `_` and `-`.
      { name: 'kind', value: kind.replaceAll('.', '-') },
    ];
    const answer = await resend.emails.send(
      {
        from,
        to,
        subject,
        html,
        text,
        tags,
        ...(attachments && { attachments: attachments.map(encoded) }),
      },
      { idempotencyKey: notificationId, signal: AbortSignal.timeout(timeoutMs) },
    );
    return classifyResponse(answer);
  };
}

const encoded = ({ content, ...attachment }: Attachment) => ({
  ...attachment,
  content: Buffer.from(content).toString('base64'),
});
