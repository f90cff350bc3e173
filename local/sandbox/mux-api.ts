import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen, readBody } from '../aws/http-server.ts';
import type { ApiFault, Faults } from './faults/faults.ts';
import type { MuxAsset } from './mux-events.ts';
import { type MuxUpload, type MuxUploads, makeMuxUploads } from './mux-uploads.ts';
import { handleWebhookRequest, type MuxWebhookList, webhooksPath } from './mux-webhooks.ts';
import type { MuxRecords } from './records/mux-records.ts';

/**
 * State of the API. `down` answers 500 and `busy` 429.
 * `hanging` accepts requests without a response; `trickling` starts responses without an end.
 */
export type MuxCondition = 'up' | 'down' | 'busy' | 'hanging' | 'trickling';

export interface MuxApi {
  readonly url: string;
  uploads(): readonly MuxUpload[];
  /** Counts the POST requests to create an upload, whatever the response was. */
  requests(): number;
  setCondition(condition: MuxCondition): void;
  stop(): Promise<void>;
}

export interface MuxApiSettings {
  /** Value of the secret: JSON with `tokenId` and `tokenSecret`. */
  readonly apiToken: () => string;
  /** Webhook management, with its own API token. */
  readonly webhooks?: { readonly list: MuxWebhookList; readonly apiToken: () => string };
  /** State that reads return, with the API token that reads it, and the faults of all requests. */
  readonly reads?: {
    readonly records: MuxRecords;
    readonly apiToken: () => string;
    readonly faults: Faults;
  };
  /** Called after a PUT of a file to an upload's URL. */
  readonly onFile?: (asset: MuxAsset) => void;
}

interface MuxResponse {
  readonly statusCode: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves the part of Mux's API that this system calls.
 * https://www.mux.com/docs/api-reference/video/direct-uploads
 * The upload URL belongs to this server; at Mux it belongs to a bucket at Google.
 */
export async function startMuxApi({
  apiToken,
  webhooks,
  reads,
  onFile = () => {},
}: MuxApiSettings): Promise<MuxApi> {
  const uploads = makeMuxUploads(() => url);
  let condition: MuxCondition = 'up';
  let requests = 0;

  async function respond(request: IncomingMessage): Promise<MuxResponse | undefined> {
    const body = (await readBody(request)).toString();
    const { method, url: path = '' } = request;
    const upload = uploads.find(path.slice(1));
    if (method === 'PUT' && upload !== undefined) {
      onFile(uploads.assetOf(upload));
      return { statusCode: 200 };
    }
    if (webhooks && path.startsWith(webhooksPath))
      return isAuthorized(request, webhooks.apiToken())
        ? handleWebhookRequest(webhooks.list, { method, url: path, body })
        : wrongToken;
    if (reads && method === 'GET') {
      const fault = reads.faults.request();
      if (fault !== undefined) return apiFaults[fault];
      return isAuthorized(request, reads.apiToken())
        ? readState(reads.records, uploads, path)
        : wrongToken;
    }
    if (method !== 'POST' || path !== '/video/v1/uploads')
      return errorResponse(404, 'not_found', `There is no ${path}.`);
    requests += 1;
    if (condition === 'hanging') return undefined;
    const failure = failures[condition];
    if (failure !== undefined) return failure;
    return isAuthorized(request, apiToken()) ? uploads.create(JSON.parse(body)) : wrongToken;
  }

  const server = createServer((request, response) => {
    respond(request).then(
      (result) => result && write(response, result, condition === 'trickling'),
      () =>
        write(response, errorResponse(400, 'invalid_parameters', 'The request is not valid JSON.')),
    );
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;

  return {
    url,
    uploads: uploads.all,
    requests: () => requests,
    setCondition(next) {
      condition = next;
    },
    stop: () => closeServer(server),
  };
}

/** Returns an upload that nobody used yet from the list of created uploads. */
function readState(records: MuxRecords, uploads: MuxUploads, path: string): MuxResponse {
  const [, kind, id = ''] = /^\/video\/v1\/(uploads|assets)\/([^/?]+)/.exec(path) ?? [];
  const data = kind === 'assets' ? records.asset(id) : (records.upload(id) ?? waiting(uploads, id));
  return data === undefined
    ? errorResponse(404, 'not_found', `There is no ${path}.`)
    : { statusCode: 200, body: { data } };
}

function waiting(uploads: MuxUploads, id: string): object | undefined {
  const upload = uploads.find(id);
  if (upload === undefined) return undefined;
  const { url, timeout, settings: new_asset_settings } = upload;
  return { id, url, timeout, status: 'waiting', new_asset_settings };
}

function isAuthorized({ headers }: IncomingMessage, token: string): boolean {
  const { tokenId, tokenSecret } = JSON.parse(token) as Readonly<Record<string, string>>;
  const credentials = Buffer.from(`${tokenId}:${tokenSecret}`).toString('base64');
  return headers.authorization === `Basic ${credentials}`;
}

const errorResponse = (statusCode: number, type: string, message: string): MuxResponse => ({
  statusCode,
  body: { error: { type, messages: [message] } },
});

const wrongToken = errorResponse(401, 'unauthorized', 'Wrong token.');

const failures: Readonly<Partial<Record<MuxCondition, MuxResponse>>> = {
  down: errorResponse(500, 'internal', 'The sandbox is down.'),
  busy: { ...errorResponse(429, 'rate_limited', 'Too many.'), headers: { 'retry-after': '7' } },
};

const apiFaults: Readonly<Record<ApiFault, MuxResponse>> = {
  429: { ...errorResponse(429, 'rate_limited', 'Too many.'), headers: { 'retry-after': '30' } },
  422: errorResponse(422, 'invalid_parameters', 'The sandbox rejects this request.'),
  500: errorResponse(500, 'internal', 'The sandbox failed.'),
};

function write(
  response: ServerResponse,
  { statusCode, body, headers }: MuxResponse,
  trickles = false,
): void {
  response.writeHead(statusCode, { 'content-type': 'application/json', ...headers });
  const text = JSON.stringify(body ?? {});
  if (trickles) response.write(text.slice(0, 5));
  else response.end(text);
}
