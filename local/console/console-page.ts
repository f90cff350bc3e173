import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type CommandName, commandPath } from '../../lambdas/catalog/operator-commands.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { parseJson } from '../../lambdas/platform/json.ts';
import { ACCOUNT_ID } from '../aws/account-id.ts';
import type { Route } from '../aws/http-api.ts';
import { readBody } from '../aws/http-server.ts';
import type { ConsoleFigures } from './console-figures.ts';
import { buildConsoleHtml } from './console-html.ts';

export const consolePath = '/console';

/** Handles every request under `consolePath`. */
export type ConsolePages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ConsolePagesDeps {
  readonly readFigures: () => Promise<ConsoleFigures>;
  readonly routes: readonly Route[];
}

interface ConsoleResponse {
  readonly statusCode: number;
  readonly body: object;
}

/**
 * Serves the console page and its data.
 * A replay calls the operations function like the operator CLI does, and is therefore audited.
 */
export function makeConsolePages({ readFigures, routes }: ConsolePagesDeps): ConsolePages {
  const { html, policy } = buildConsoleHtml();
  const runCommand = makeRunCommand(routes);

  return async function respond(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!isFromThisMachine(request))
      return write(response, { statusCode: 403, body: { message: 'Forbidden' } });
    switch (`${request.method} ${pathname}`) {
      case `GET ${consolePath}`:
        return writeHtml(response, html, policy);
      case `GET ${consolePath}/figures`:
        return write(response, { statusCode: 200, body: await readFigures() });
      case `GET ${consolePath}/event`:
        return write(response, await findEvent(searchParams.get('id') ?? '', runCommand));
      case `POST ${consolePath}/replay`:
        return write(response, await replay(request, runCommand));
      default:
        return write(response, { statusCode: 404, body: { message: 'Not Found' } });
    }
  };
}

type RunCommand = (command: CommandName, options: object) => Promise<ConsoleResponse>;

/** Looks the event up at every provider; each provider has its own event ids. */
async function findEvent(event: string, runCommand: RunCommand): Promise<ConsoleResponse> {
  const responses = await Promise.all(
    providers.map((provider) => runCommand('events show', { provider, event })),
  );
  const failed = responses.find(({ statusCode }) => statusCode >= 500);
  if (failed !== undefined) return failed;
  const found = responses.filter(({ statusCode }) => statusCode === 200);
  return { statusCode: 200, body: { events: found.map(({ body }) => body) } };
}

const replayRequest = z.strictObject({ provider: z.enum(providers), event: z.string().min(1) });

async function replay(request: IncomingMessage, runCommand: RunCommand): Promise<ConsoleResponse> {
  const { success, data, error } = replayRequest.safeParse(
    parseJson((await readBody(request)).toString()),
  );
  if (!success) return { statusCode: 400, body: { message: z.prettifyError(error) } };
  return runCommand('events replay', { ...data, reason: 'Replayed on the console of local mode' });
}

/**
 * Rejects requests that a foreign web page sends through the browser of this machine.
 * Such a page uses its own host name that resolves to 127.0.0.1, or another origin.
 * Browsers send JSON to another origin only after a preflight request, which fails here.
 */
function isFromThisMachine({ method, headers }: IncomingMessage): boolean {
  const { host = '', origin = `http://${host}`, 'content-type': contentType } = headers;
  return (
    /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host) &&
    origin === `http://${host}` &&
    (method === 'GET' || contentType === 'application/json')
  );
}

function makeRunCommand(routes: readonly Route[]): RunCommand {
  return async (command, options) => {
    const route = routes.find(({ path }) => path === commandPath(command));
    const invocation = await route?.invoke({
      routeKey: route.key,
      requestContext: {
        authorizer: { iam: { userArn: `arn:aws:iam::${ACCOUNT_ID}:user/local-console` } },
      },
      body: JSON.stringify(options),
      isBase64Encoded: false,
    });
    if (!invocation?.ok)
      return { statusCode: 500, body: { message: 'The operations function failed.' } };
    const { statusCode, body } = invocation.result as { statusCode: number; body: string };
    return { statusCode, body: JSON.parse(body) };
  };
}

const securityHeaders = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function writeHtml(response: ServerResponse, html: string, policy: string): void {
  response
    .writeHead(200, {
      ...securityHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    })
    .end(html);
}

function write(response: ServerResponse, { statusCode, body }: ConsoleResponse): void {
  response
    .writeHead(statusCode, { ...securityHeaders, 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}
