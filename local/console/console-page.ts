import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { operationsPath } from '../../lambdas/catalog/operator-commands.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import { ACCOUNT_ID } from '../aws/account-id.ts';
import type { Route } from '../aws/http-api.ts';
import type { ConsoleFigures } from './console-figures.ts';

export const consolePath = '/console';

/** Answers what is under `consolePath`. */
export type ConsolePages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ConsoleParts {
  readonly readFigures: () => Promise<ConsoleFigures>;
  readonly routes: readonly Route[];
}

interface Answer {
  readonly statusCode: number;
  readonly body: object;
}

/** The page, and what it asks for. What it changes goes the way of every operator's command, and is audited. */
export function makeConsolePages({ readFigures, routes }: ConsoleParts): ConsolePages {
  const { html, policy } = readPage();
  const operate = makeOperate(routes);

  return async function answer(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!isFromThisMachine(request))
      return write(response, { statusCode: 403, body: { message: 'Not from here.' } });
    const asked = `${request.method} ${pathname}`;
    if (asked === `GET ${consolePath}`) {
      const headers = {
        ...protection,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
      };
      return void response.writeHead(200, headers).end(html);
    }
    write(response, await respond(asked, searchParams, request));
  };

  async function respond(
    asked: string,
    query: URLSearchParams,
    request: IncomingMessage,
  ): Promise<Answer> {
    if (asked === `GET ${consolePath}/figures`)
      return { statusCode: 200, body: await readFigures() };
    if (asked === `GET ${consolePath}/event`) {
      const event = query.get('id') ?? '';
      const told = await Promise.all(
        providers.map((provider) => operate('events show', { provider, event })),
      );
      const stories = told.flatMap(({ statusCode, body }) => (statusCode === 200 ? [body] : []));
      return (
        told.find(({ statusCode }) => statusCode >= 500) ?? { statusCode: 200, body: { stories } }
      );
    }
    if (asked === `POST ${consolePath}/replay`) {
      const given = replayed.safeParse(await readJson(request));
      if (!given.success)
        return { statusCode: 400, body: { message: z.prettifyError(given.error) } };
      return operate('events replay', { ...given.data, reason: 'On the console of local mode' });
    }
    return { statusCode: 404, body: { message: 'Not Found' } };
  }
}

const replayed = z.strictObject({ provider: z.enum(providers), event: z.string().min(1) });

/**
 * Any web page may send its visitor's browser here: under a name of its own that leads to this machine, or across
 * origins, where a browser asks first before it sends JSON.
 */
function isFromThisMachine({ method, headers }: IncomingMessage): boolean {
  const { host = '', origin = `http://${host}`, 'content-type': contentType } = headers;
  return (
    /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host) &&
    origin === `http://${host}` &&
    (method === 'GET' || contentType === 'application/json')
  );
}

function makeOperate(routes: readonly Route[]) {
  return async (command: string, given: object): Promise<Answer> => {
    const route = routes.find(({ path }) => path === operationsPath);
    const invocation = await route?.invoke({
      requestContext: {
        authorizer: { iam: { userArn: `arn:aws:iam::${ACCOUNT_ID}:user/local-console` } },
      },
      body: JSON.stringify({ command, arguments: given }),
      isBase64Encoded: false,
    });
    if (!invocation?.ok)
      return { statusCode: 500, body: { message: 'The operations function gave no answer.' } };
    const { statusCode, body } = invocation.result as { statusCode: number; body: string };
    return { statusCode, body: JSON.parse(body) };
  };
}

const folder = import.meta.dirname;
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** One file, whose policy lets nothing run or be fetched but what is in it. */
function readPage(): { readonly html: string; readonly policy: string } {
  const style = read('page.css');
  const modules = [read('tables.js'), read('page.js')].join('\n');
  const script = `'use strict';\n${modules.replace(/^import .*\n/gm, '').replace(/^export /gm, '')}`;
  const html = read('page.html')
    .replace('/* page.css */', () => style)
    .replace('/* page.js */', () => script);
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    ...["default-src 'none'", "connect-src 'self'", 'img-src data:', `script-src ${hash(script)}`],
    ...[
      `style-src ${hash(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ],
  ].join('; ');
  return { html, policy };
}

const protection = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(
      Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString(),
    );
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { statusCode, body }: Answer): void {
  response
    .writeHead(statusCode, { ...protection, 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}
