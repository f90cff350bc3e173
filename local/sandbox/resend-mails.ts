import { randomUUID } from 'node:crypto';
import { parseJsonObject } from '../../lambdas/platform/json.ts';
import type { ResendMail } from './resend-events.ts';
import { errorResponse, type ResendResponse } from './resend-response.ts';

export interface SentMail extends ResendMail {
  readonly idempotencyKey: string | undefined;
  readonly html: string | undefined;
  readonly text: string | undefined;
  readonly replyTo: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Attachments with base64 content. */
  readonly attachments: readonly { readonly filename: string; readonly content: string }[];
}

export interface ResendMails {
  all(): readonly SentMail[];
  /**
   * Accepts a mail once per idempotency key.
   * https://resend.com/docs/api-reference/emails/send-email
   */
  send(payload: string, idempotencyKey: string | undefined): ResendResponse;
}

interface StoredResponse {
  readonly payload: string;
  readonly response: ResendResponse;
}

export function makeResendMails(onSent: (mail: SentMail) => unknown): ResendMails {
  const mails: SentMail[] = [];
  const responses = new Map<string, StoredResponse>();

  function accept(payload: string, idempotencyKey: string | undefined): ResendResponse {
    const mail = readMail(payload);
    if (mail === undefined)
      return errorResponse(
        422,
        'missing_required_field',
        'from, to, subject, and html or text are required.',
      );
    const id = randomUUID();
    const sent = { ...mail, id, idempotencyKey, at: new Date() };
    mails.push(sent);
    onSent(sent);
    return { statusCode: 200, body: { id } };
  }

  return {
    all: () => mails,
    send(payload, key) {
      if (key === undefined) return accept(payload, undefined);
      const stored = responses.get(key);
      if (stored?.payload === payload) return stored.response;
      if (stored !== undefined)
        return errorResponse(
          409,
          'invalid_idempotent_request',
          'Same idempotency key used with a different request payload.',
        );
      const response = accept(payload, key);
      if (response.statusCode === 200) responses.set(key, { payload, response });
      return response;
    },
  };
}

function readMail(payload: string): Omit<SentMail, 'id' | 'idempotencyKey' | 'at'> | undefined {
  const mail = parseJsonObject(payload);
  if (mail === undefined) return undefined;
  const { from, to, subject, html, text, tags = [], attachments = [], headers = {} } = mail;
  if (typeof from !== 'string' || typeof subject !== 'string') return undefined;
  const recipients = [to].flat().filter((address) => typeof address === 'string');
  if (recipients.length === 0 || (typeof html !== 'string' && typeof text !== 'string'))
    return undefined;
  return {
    from,
    to: recipients,
    subject,
    html: typeof html === 'string' ? html : undefined,
    text: typeof text === 'string' ? text : undefined,
    replyTo: [mail['reply_to'] ?? []].flat().map(String),
    headers: headers as SentMail['headers'],
    tags: tags as SentMail['tags'],
    attachments: attachments as SentMail['attachments'],
  };
}
