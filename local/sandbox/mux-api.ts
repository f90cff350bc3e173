import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../aws/listen.ts';
import { type MuxFilm, muxId } from './mux-events.ts';
import {
  answerWebhooks,
  type MuxWebhookList,
  type WebhookRequest,
  webhooksPath,
} from './mux-webhooks.ts';

/** What the API was asked for, and whether the file has come. */
export interface MuxUpload {
  readonly id: string;
  readonly url: string;
  readonly corsOrigin: unknown;
  readonly timeout: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** `down` answers 500, `busy` 429; `hanging` takes requests and never answers, `trickling` never ends its answer. */
export type MuxCondition = 'up' | 'down' | 'busy' | 'hanging' | 'trickling';

export interface MuxApi {
  readonly url: string;
  uploads(): readonly MuxUpload[];
  /** POST requests that came, whatever became of them. */
  requests(): number;
  setCondition(condition: MuxCondition): void;
  stop(): Promise<void>;
}

export interface MuxApiSettings {
  /** Of the secret: JSON with `tokenId` and `tokenSecret`. */
  readonly apiToken: () => string;
  /** They are managed with a token of their own. */
  readonly webhooks?: { readonly list: MuxWebhookList; readonly apiToken: () => string };
  /** A file has been put to an upload's URL. */
  readonly onFile?: (film: MuxFilm) => void;
}

interface Answer {
  readonly statusCode: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Mux's direct uploads, as far as the portal can tell: https://www.mux.com/docs/api-reference/video/direct-uploads
 * At Mux the URL is one of Google's buckets; here it is one of this server's.
 */
export async function startMuxApi({
  apiToken,
  webhooks,
  onFile = () => {},
}: MuxApiSettings): Promise<MuxApi> {
  const uploads = new Map<string, MuxUpload>();
  let condition: MuxCondition = 'up';
  let requests = 0;

  async function respond(request: IncomingMessage): Promise<Answer | undefined> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    const { method, url = '' } = request;
    const upload = uploads.get(url.slice(1));
    if (method === 'PUT' && upload !== undefined) return take(upload);
    if (webhooks && url.startsWith(webhooksPath))
      return manage(webhooks, request, { method, url, body });
    if (method !== 'POST' || url !== '/video/v1/uploads')
      return fault(404, 'not_found', `There is no ${url}.`);
    requests += 1;
    if (condition === 'hanging') return undefined;
    if (condition === 'down') return fault(500, 'internal', 'The sandbox is down.');
    if (condition === 'busy')
      return { ...fault(429, 'rate_limited', 'Too many.'), headers: { 'retry-after': '7' } };
    if (request.headers.authorization !== authorization(apiToken()))
      return fault(401, 'unauthorized', 'Wrong token.');
    return create(body);
  }

  function create(body: string): Answer {
    const { cors_origin: corsOrigin, timeout, new_asset_settings: settings } = JSON.parse(body);
    const id = muxId(randomUUID(), 46);
    const upload = { id, url: `${address}/${id}`, corsOrigin, timeout, settings, at: new Date() };
    uploads.set(id, upload);
    const { url } = upload;
    const data = {
      id,
      url,
      status: 'waiting',
      timeout,
      cors_origin: corsOrigin,
      new_asset_settings: settings,
    };
    return { statusCode: 201, body: { data } };
  }

  function take({ id, settings }: MuxUpload): Answer {
    const meta = settings['meta'] as { title: string; creator_id: string };
    const passthrough = String(settings['passthrough']);
    onFile({
      uploadId: id,
      assetId: muxId(`asset ${id}`),
      passthrough,
      title: meta.title,
      creatorId: meta.creator_id,
    });
    return { statusCode: 200 };
  }

  const server = createServer((request, response) => {
    respond(request).then(
      (answer) => answer && write(response, answer, condition === 'trickling'),
      () => write(response, fault(400, 'invalid_parameters', 'The sandbox cannot read this.')),
    );
  });
  const address = `http://127.0.0.1:${await listen(server, 0)}`;

  return {
    url: address,
    uploads: () => [...uploads.values()],
    requests: () => requests,
    setCondition(next) {
      condition = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function manage(
  { list, apiToken }: NonNullable<MuxApiSettings['webhooks']>,
  { headers }: IncomingMessage,
  request: WebhookRequest,
): Answer {
  if (headers.authorization !== authorization(apiToken()))
    return fault(401, 'unauthorized', 'Wrong token.');
  return answerWebhooks(list, request);
}

function authorization(token: string): string {
  const { tokenId, tokenSecret } = JSON.parse(token) as Readonly<Record<string, string>>;
  return `Basic ${Buffer.from(`${tokenId}:${tokenSecret}`).toString('base64')}`;
}

const fault = (statusCode: number, type: string, message: string): Answer => ({
  statusCode,
  body: { error: { type, messages: [message] } },
});

function write(
  response: ServerResponse,
  { statusCode, body, headers }: Answer,
  trickles = false,
): void {
  response.writeHead(statusCode, { 'content-type': 'application/json', ...headers });
  const text = JSON.stringify(body ?? {});
  if (trickles) response.write(text.slice(0, 5));
  else response.end(text);
}
