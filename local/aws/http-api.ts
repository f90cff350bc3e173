import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { httpApiEvent } from './http-api-event.ts';
import type { Invocation } from './lambda/execution-environment.ts';

export interface Route {
  readonly method: string;
  /** `/files/{id}` or `/files/{path+}` as in API Gateway; `$default` matches all other requests. */
  readonly path: string;
  readonly key: string;
  /** True if the caller must sign. Local mode accepts any signature and does not verify it. */
  readonly signed?: boolean;
  readonly invoke: (event: unknown) => Promise<Invocation>;
}

export interface HttpApi {
  readonly server: Server;
  /**
   * Starts to serve the routes; before that, every response is 503.
   * @param localPages Pages of local mode, which no deployed stage has.
   */
  open(routes: readonly Route[], stagePrefix: string, localPages?: LocalPages): void;
  /** Accepts no new request, and resolves after the open requests. */
  close(): Promise<void>;
}

export interface LocalPages {
  /** `/` leads to this path too. */
  readonly path: string;
  readonly respond: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const MAX_BODY_BYTES = 10 * 1024 * 1024;

interface OpenApi {
  readonly routes: readonly Route[];
  readonly stagePrefix: string;
  readonly localPages: LocalPages | undefined;
}

/** Makes an HTTP API of API Gateway, with Lambda integrations in payload format 2.0. */
export function makeHttpApi(): HttpApi {
  let api: OpenApi | undefined;
  let isClosing = false;
  const server = createServer((request, response) => {
    // A client that keeps asking on one connection, such as an open console, would keep it open.
    if (isClosing) response.setHeader('connection', 'close');
    if (api === undefined) return sendJson(response, 503, { message: 'Service Unavailable' });
    const { localPages } = api;
    if (localPages && request.method === 'GET' && request.url === '/')
      return void response.writeHead(302, { location: localPages.path }).end();
    const handled =
      localPages && isUnder(localPages.path, request)
        ? localPages.respond(request, response)
        : handle(api, request, response);
    handled.catch(() => sendJson(response, 500, { message: 'Internal Server Error' }));
  });
  return {
    server,
    open(routes, stagePrefix, localPages) {
      api = { routes, stagePrefix, localPages };
    },
    async close() {
      isClosing = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
    },
  };
}

function isUnder(folder: string, { url = '/' }: IncomingMessage): boolean {
  const [path = ''] = url.split('?');
  return path === folder || path.startsWith(`${folder}/`);
}

async function handle(
  { routes, stagePrefix }: OpenApi,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const [rawPath = '/', rawQueryString = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const path = rawPath.startsWith(stagePrefix) ? rawPath.slice(stagePrefix.length) : undefined;
  const matched =
    path === undefined ? undefined : matchRoute(routes, request.method ?? 'GET', path);
  // Reads the body for every response: a client that is still sending would see an early response
  // as a connection reset.
  const body = await readLimitedBody(request);
  if (matched === undefined) return sendJson(response, 404, { message: 'Not Found' });
  if (body === undefined) return sendJson(response, 413, { message: 'Request Entity Too Large' });

  const { route, parameters } = matched;
  if (route.signed && !request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
    return sendJson(response, 403, { message: 'Forbidden' });
  const invocation = await route.invoke(
    httpApiEvent({
      request,
      routeKey: route.key,
      rawPath,
      rawQueryString,
      parameters,
      body,
      stagePrefix,
      signed: route.signed ?? false,
    }),
  );
  if (!invocation.ok) return sendJson(response, 500, { message: 'Internal Server Error' });
  sendResult(response, invocation.result);
}

interface StructuredResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

function sendResult(response: ServerResponse, result: unknown): void {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    sendJson(response, 200, result);
    return;
  }
  const {
    statusCode,
    headers = {},
    cookies = [],
    body = '',
    isBase64Encoded = false,
  } = result as StructuredResult;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', 'text/plain;charset=UTF-8');
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.writeHead(statusCode).end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}

function sendJson(response: ServerResponse, statusCode: number, body: unknown): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readLimitedBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

/** Prefers an exact path to variables, variables to a greedy variable, and that to `$default`. */
export function matchRoute<Candidate extends Pick<Route, 'method' | 'path'>>(
  routes: readonly Candidate[],
  method: string,
  path: string,
): { route: Candidate; parameters: Record<string, string> } | undefined {
  const matches = routes
    .filter((route) => route.method === 'ANY' || route.method === method)
    .flatMap((route) => {
      const parameters = pathParameters(route.path, path);
      return parameters === undefined ? [] : [{ route, parameters }];
    });
  return matches.sort((one, other) => generality(one.route) - generality(other.route))[0];
}

/** Returns a lower number for a more specific route. */
function generality({ method, path }: Pick<Route, 'method' | 'path'>): number {
  const anyMethod = method === 'ANY' ? 0.5 : 0;
  if (path === '$default') return 4 + anyMethod;
  if (path.includes('+}')) return 2 + anyMethod;
  return (path.includes('{') ? 1 : 0) + anyMethod;
}

function pathParameters(pattern: string, path: string): Record<string, string> | undefined {
  if (pattern === '$default') return {};
  const expression = pattern
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (part.endsWith('+}')) return `(?<${part.slice(1, -2)}>.+)`;
      if (part.startsWith('{')) return `(?<${part.slice(1, -1)}>[^/]+)`;
      return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  const match = new RegExp(`^${expression}$`).exec(path);
  return match === null ? undefined : { ...match.groups };
}
