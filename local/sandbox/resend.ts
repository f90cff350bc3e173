import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../aws/listen.ts';
import type { ResendEvent, ResendMail } from './resend-events.ts';
import { answerResendWebhooks, type ResendSigning } from './resend-secrets.ts';
import {
  makeResendWebhooks,
  type ResendDeliveryOptions,
  type ResendWebhookSettings,
} from './resend-webhooks.ts';
import type { WebhookSender } from './webhook.ts';

export interface SentMail extends ResendMail {
  readonly idempotencyKey: string | undefined;
  readonly html: string | undefined;
  readonly text: string | undefined;
  /** The content is in base64. */
  readonly attachments: readonly { readonly filename: string; readonly content: string }[];
}

/** `down` answers 500 to everything; `hanging` takes requests and never answers. */
export type ResendCondition = 'up' | 'down' | 'hanging';

export interface ResendSandbox extends WebhookSender<ResendEvent, ResendDeliveryOptions> {
  readonly url: string;
  mails(): readonly SentMail[];
  /** POST requests that came, whatever became of them. */
  requests(): number;
  setCondition(condition: ResendCondition): void;
  stop(): Promise<void>;
}

interface Answer {
  readonly statusCode: number;
  readonly body: object;
}

interface Kept {
  readonly payload: string;
  readonly answer: Answer;
}

export interface ResendSandboxSettings extends ResendWebhookSettings {
  readonly apiKey: () => string;
  /** With which its webhooks are managed; one for sending is refused there. */
  readonly webhooksKey: () => string;
  readonly signing: ResendSigning;
}

/**
 * Resend's `POST /emails`, as far as a sender can tell, and the webhooks that follow:
 * https://resend.com/docs/api-reference/emails/send-email
 */
export async function startResendSandbox({
  apiKey,
  webhooksKey,
  signing,
  ...settings
}: Omit<ResendSandboxSettings, 'signingSecrets'>): Promise<ResendSandbox> {
  const webhooks = makeResendWebhooks({ ...settings, signingSecrets: signing.secrets });
  const mails: SentMail[] = [];
  const byKey = new Map<string, Kept>();
  let condition: ResendCondition = 'up';
  let requests = 0;

  async function respond(request: IncomingMessage): Promise<Answer | undefined> {
    const payload = Buffer.concat(
      await Array.fromAsync(request as AsyncIterable<Buffer>),
    ).toString();
    requests += 1;
    if (condition === 'hanging') return undefined;
    if (condition === 'down') return fault(500, 'internal_server_error', 'The sandbox is down.');
    if (request.url?.startsWith('/webhooks')) return manage(request);
    const refused = refuse(request, apiKey());
    if (refused !== undefined) return refused;

    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return accept(payload, undefined);
    const kept = byKey.get(key);
    if (kept?.payload === payload) return kept.answer;
    if (kept !== undefined)
      return fault(
        409,
        'invalid_idempotent_request',
        'Same idempotency key used with a different request payload.',
      );
    const answer = accept(payload, key);
    if (answer.statusCode === 200) byKey.set(key, { payload, answer });
    return answer;
  }

  function manage(request: IncomingMessage): Answer {
    const { authorization } = request.headers;
    if (authorization === `Bearer ${apiKey()}`)
      return fault(401, 'restricted_api_key', 'This API key is restricted to only send emails');
    if (authorization !== `Bearer ${webhooksKey()}`)
      return fault(403, 'invalid_api_key', 'API key is invalid.');
    const answer = answerResendWebhooks(signing, settings.webhookUrl, request);
    return (
      answer ?? fault(404, 'not_found', `The sandbox has no ${request.method} ${request.url}.`)
    );
  }

  function accept(payload: string, idempotencyKey: string | undefined): Answer {
    const mail = readMail(payload);
    if (mail === undefined)
      return fault(
        422,
        'missing_required_field',
        'from, to, subject, and html or text are required.',
      );
    const id = randomUUID();
    const sent = { ...mail, id, idempotencyKey, at: new Date() };
    mails.push(sent);
    // At once: the sender may not even have read the answer when the first webhook comes.
    void webhooks.follow(sent);
    return { statusCode: 200, body: { id } };
  }

  const server = createServer((request, response) => {
    respond(request).then(
      (answer) => answer && write(response, answer),
      () => write(response, fault(500, 'internal_server_error', 'The sandbox failed.')),
    );
  });
  const port = await listen(server, 0);

  return {
    url: `http://127.0.0.1:${port}`,
    mails: () => mails,
    requests: () => requests,
    setCondition(next) {
      condition = next;
    },
    deliver: webhooks.deliver,
    async stop() {
      webhooks.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse({ method, url, headers }: IncomingMessage, apiKey: string): Answer | undefined {
  if (method !== 'POST' || url !== '/emails')
    return fault(404, 'not_found', `The sandbox has no ${method} ${url}.`);
  if (headers.authorization === undefined) return fault(401, 'missing_api_key', 'Missing API key.');
  if (headers.authorization !== `Bearer ${apiKey}`)
    return fault(403, 'invalid_api_key', 'API key is invalid.');
  return undefined;
}

function readMail(payload: string): Omit<SentMail, 'id' | 'idempotencyKey' | 'at'> | undefined {
  let mail: Record<string, unknown>;
  try {
    mail = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const { from, to, subject, html, text, tags = [], attachments = [] } = mail;
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
    tags: tags as SentMail['tags'],
    attachments: attachments as SentMail['attachments'],
  };
}

const fault = (statusCode: number, name: string, message: string): Answer => ({
  statusCode,
  body: { statusCode, name, message },
});

function write(response: ServerResponse, { statusCode, body }: Answer): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
