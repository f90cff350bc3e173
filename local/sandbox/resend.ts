import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen, readBody } from '../aws/http-server.ts';
import type { ResendEvent } from './resend-events.ts';
import { makeResendMails, type SentMail } from './resend-mails.ts';
import { makeResendRateLimit } from './resend-rate-limit.ts';
import { errorResponse, type ResendResponse } from './resend-response.ts';
import { handleResendWebhookRequest, type ResendSigning } from './resend-secrets.ts';
import {
  handleResendSuppressionRequest,
  type ResendSuppressionList,
} from './resend-suppressions.ts';
import {
  makeResendWebhooks,
  type ResendDeliveryOptions,
  type ResendWebhookSettings,
} from './resend-webhooks.ts';
import type { WebhookSender } from './webhook.ts';

/** State of the API. `down` answers 500; `hanging` accepts requests without a response. */
export type ResendCondition = 'up' | 'down' | 'hanging';

export interface ResendSandbox extends WebhookSender<ResendEvent, ResendDeliveryOptions> {
  readonly url: string;
  mails(): readonly SentMail[];
  readonly suppressions: ResendSuppressionList;
  /** Counts the requests, whatever the response was. */
  requests(): number;
  setCondition(condition: ResendCondition): void;
  /** Answers 429 to more requests within a second. Resend accepts 5 unless support raises it. */
  setRateLimit(requestsPerSecond: number): void;
  stop(): Promise<void>;
}

export interface ResendSandboxSettings extends ResendWebhookSettings {
  /** Key that may send mails only. */
  readonly apiKey: () => string;
  /** Key with full access, which manages webhooks and suppressions. */
  readonly webhooksKey: () => string;
  readonly signing: ResendSigning;
  /**
   * If false, no events about mails are sent. Otherwise they are sent at once: the first one may
   * arrive before the sender has read the response.
   */
  readonly sendsMailEvents?: boolean;
}

/**
 * Serves the part of Resend's API that this system calls, and sends the webhooks about each mail.
 * https://resend.com/docs/api-reference/emails/send-email
 */
export async function startResendSandbox({
  apiKey,
  webhooksKey,
  signing,
  sendsMailEvents = true,
  ...settings
}: Omit<ResendSandboxSettings, 'signingSecrets'>): Promise<ResendSandbox> {
  const webhooks = makeResendWebhooks({ ...settings, signingSecrets: signing.secrets });
  const mails = makeResendMails((mail) => sendsMailEvents && void webhooks.sendMailEvents(mail));
  const rateLimit = makeResendRateLimit();
  let condition: ResendCondition = 'up';
  let requests = 0;

  async function respond(request: IncomingMessage): Promise<ResendResponse | undefined> {
    const payload = (await readBody(request)).toString();
    requests += 1;
    if (condition === 'hanging') return undefined;
    if (condition === 'down')
      return errorResponse(500, 'internal_server_error', 'The sandbox is down.');
    const limited = rateLimit.count(Date.now());
    if (limited !== undefined) return limited;
    if (/^\/(webhooks|suppressions)/.test(request.url ?? ''))
      return (
        fullAccessError(request, { apiKey, webhooksKey }) ??
        handleResendWebhookRequest(signing, settings.webhookUrl, request) ??
        handleResendSuppressionRequest(webhooks.suppressions, request, payload) ??
        noSuchRoute(request)
      );
    if (request.method !== 'POST' || request.url !== '/emails') return noSuchRoute(request);
    const key = request.headers['idempotency-key'];
    return (
      mailKeyError(request, apiKey()) ??
      mails.send(payload, typeof key === 'string' ? key : undefined)
    );
  }

  const server = createServer((request, response) => {
    respond(request).then(
      (result) => result && write(response, result, rateLimit.headers(Date.now())),
      () => write(response, errorResponse(500, 'internal_server_error', 'The sandbox failed.'), {}),
    );
  });
  const port = await listen(server, 0);

  return {
    url: `http://127.0.0.1:${port}`,
    mails: mails.all,
    suppressions: webhooks.suppressions,
    requests: () => requests,
    setCondition(next) {
      condition = next;
    },
    setRateLimit: rateLimit.setLimit,
    deliver: webhooks.deliver,
    async stop() {
      webhooks.stop();
      await closeServer(server);
    },
  };
}

const noSuchRoute = ({ method, url }: IncomingMessage) =>
  errorResponse(404, 'not_found', `The sandbox has no ${method} ${url}.`);

const invalidKey = errorResponse(403, 'invalid_api_key', 'API key is invalid.');

function mailKeyError({ headers }: IncomingMessage, apiKey: string): ResendResponse | undefined {
  if (headers.authorization === undefined)
    return errorResponse(401, 'missing_api_key', 'Missing API key.');
  return headers.authorization === `Bearer ${apiKey}` ? undefined : invalidKey;
}

/** Rejects a sending key as Resend does: https://resend.com/docs/api-reference/errors */
function fullAccessError(
  { headers }: IncomingMessage,
  { apiKey, webhooksKey }: Pick<ResendSandboxSettings, 'apiKey' | 'webhooksKey'>,
): ResendResponse | undefined {
  if (headers.authorization === `Bearer ${apiKey()}`)
    return errorResponse(
      401,
      'restricted_api_key',
      'This API key is restricted to only send emails',
    );
  return headers.authorization === `Bearer ${webhooksKey()}` ? undefined : invalidKey;
}

function write(
  response: ServerResponse,
  { statusCode, body, headers }: ResendResponse,
  limits: Readonly<Record<string, string>>,
): void {
  response
    .writeHead(statusCode, { 'content-type': 'application/json', ...limits, ...headers })
    .end(JSON.stringify(body));
}
