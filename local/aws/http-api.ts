import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { httpApiEvent } from './http-api-event.ts';
import type { Invocation } from './lambda/function-environment.ts';

export interface Route {
  readonly method: string;
  /** `/files/{id}` and `/files/{path+}` as in API Gateway; `$default` takes what nothing else does. */
  readonly path: string;
  readonly key: string;
  /** Only for callers who sign. Locally any signature will do, as there is nobody to keep out. */
  readonly signed?: boolean;
  readonly invoke: (event: unknown) => Promise<Invocation>;
}

export interface HttpApi {
  readonly server: Server;
  /** Until then everything is answered 503. @param own What is answered beside the routes, which no stage has. */
  open(routes: readonly Route[], stagePrefix: string, own?: OwnPages): void;
  /** Takes nothing new, and resolves once what was under way has been answered. */
  close(): Promise<void>;
}

export interface OwnPages {
  readonly path: string;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const MAX_BODY_BYTES = 10 * 1024 * 1024;

interface OpenApi {
  readonly routes: readonly Route[];
  readonly stagePrefix: string;
  readonly own: OwnPages | undefined;
}

/** API Gateway's HTTP API with Lambda integrations in payload format 2.0. */
export function makeHttpApi(): HttpApi {
  let api: OpenApi | undefined;
  const server = createServer((request, response) => {
    if (api === undefined) return answer(response, 503, { message: 'Service Unavailable' });
    const { own } = api;
    const handled =
      own && isUnder(own.path, request)
        ? own.answer(request, response)
        : handle(api, request, response);
    handled.catch(() => answer(response, 500, { message: 'Internal Server Error' }));
  });
  return {
    server,
    open(routes, stagePrefix, own) {
      api = { routes, stagePrefix, own };
    },
    async close() {
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
  // The body is read in any case: an answer before its end would reach a client that is still sending as a reset.
  const body = await readBody(request);
  if (matched === undefined) return answer(response, 404, { message: 'Not Found' });
  if (body === undefined) return answer(response, 413, { message: 'Request Entity Too Large' });

  const { route, parameters } = matched;
  if (route.signed && !request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
    return answer(response, 403, { message: 'Forbidden' });
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
  if (!invocation.ok) return answer(response, 500, { message: 'Internal Server Error' });
  reply(response, invocation.result);
}

interface StructuredResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

function reply(response: ServerResponse, result: unknown): void {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    answer(response, 200, result);
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

function answer(response: ServerResponse, statusCode: number, body: unknown): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

/** A full match wins over one with variables, that over a greedy one, and that over `$default`. */
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
  const specificity = ({ route }: { route: Candidate }) =>
    (route.path === '$default'
      ? 4
      : route.path.includes('+}')
        ? 2
        : route.path.includes('{')
          ? 1
          : 0) + (route.method === 'ANY' ? 0.5 : 0);
  return matches.sort((a, b) => specificity(a) - specificity(b))[0];
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
