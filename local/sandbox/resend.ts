import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen, readBody } from '../aws/http-server.ts';
import type { Faults } from './faults/faults.ts';
import type { ResendEndpoint } from './records/resend-endpoint.ts';
import type { ResendEventLog } from './records/resend-event-log.ts';
import { makeResendRecord, type ResendRecord } from './records/resend-record.ts';
import type { ResendEvent } from './resend-events.ts';
import { makeResendMails, type ResendMails, type SentMail } from './resend-mails.ts';
import { makeResendRateLimit } from './resend-rate-limit.ts';
import { errorResponse, type ResendResponse } from './resend-response.ts';
import type { ResendSigning } from './resend-secrets.ts';
import {
  handleResendSuppressionRequest,
  type ResendSuppressionList,
} from './resend-suppressions.ts';
import {
  makeResendWebhooks,
  type ResendDeliveryOptions,
  type ResendWebhookSettings,
  type ResendWebhooks,
} from './resend-webhooks.ts';
import type { WebhookSender } from './webhook.ts';

/** State of the API. `down` answers 500; `hanging` accepts requests without a response. */
export type ResendCondition = 'up' | 'down' | 'hanging';

export interface ResendSandbox extends WebhookSender<ResendEvent, ResendDeliveryOptions> {
  readonly url: string;
  mails(): readonly SentMail[];
  readonly suppressions: ResendSuppressionList;
  readonly endpoint: ResendEndpoint;
  readonly events: ResendEventLog;
  readonly faults: Faults;
  /** Posts what a fault holds back. */
  flush(): Promise<void>;
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
  const record = makeResendRecord(settings.webhookUrl);
  const webhooks = makeResendWebhooks({
    ...settings,
    ...record,
    log: record.events,
    signingSecrets: signing.secrets,
  });
  const manage = makeManagementApi(record, webhooks, { signing, apiKey, webhooksKey });
  const mails = makeResendMails((mail) => sendsMailEvents && void webhooks.sendMailEvents(mail));
  const rateLimit = makeResendRateLimit();
  let condition: ResendCondition = 'up';
  let requests = 0;

  async function respond(request: IncomingMessage): Promise<ResendResponse | undefined> {
    const payload = (await readBody(request)).toString();
    const { method, url } = request;
    requests += 1;
    if (condition === 'hanging') return undefined;
    if (condition === 'down')
      return errorResponse(500, 'internal_server_error', 'The sandbox is down.');
    const limited = rateLimit.count(Date.now());
    if (limited !== undefined) return limited;
    if (/^\/(webhooks|suppressions)/.test(url ?? '')) return manage(request, payload);
    if (method !== 'POST' || url !== '/emails') return noSuchRoute(request);
    return sendMail(request, payload, mails, apiKey());
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
    ...record,
    flush: webhooks.flush,
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

/** Answers requests about webhooks, their events and suppressions, which need full access. */
function makeManagementApi(
  record: ResendRecord,
  { deliver, suppressions }: ResendWebhooks,
  { signing, ...keys }: Pick<ResendSandboxSettings, 'signing' | 'apiKey' | 'webhooksKey'>,
) {
  const replay = (event: ResendEvent) => void deliver(event).catch(() => {});
  return (request: IncomingMessage, payload: string): ResendResponse => {
    const { method, url } = request;
    return (
      fullAccessError(request, keys) ??
      record.respond({ method, url, payload, signing, replay }) ??
      handleResendSuppressionRequest(suppressions, request, payload) ??
      noSuchRoute(request)
    );
  };
}

function sendMail(
  request: IncomingMessage,
  payload: string,
  mails: ResendMails,
  apiKey: string,
): ResendResponse {
  const key = request.headers['idempotency-key'];
  return (
    mailKeyError(request, apiKey) ?? mails.send(payload, typeof key === 'string' ? key : undefined)
  );
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
