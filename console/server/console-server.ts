import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { providers, webhookPath } from '../../lambdas/catalog/providers.ts';
import { parseJson } from '../../lambdas/platform/json.ts';
import { redactText } from '../../lambdas/platform/redaction.ts';
import { registry } from '../../lambdas/providers/registry.ts';
import { type ConsoleContext, consoleCommands, figureRanges } from '../console-api.ts';
import { MetricsDeniedError } from '../figures/metric-source.ts';
import {
  type ConsoleAccess,
  hasSession,
  isFromThisConsole,
  mayStartSession,
  sessionCookie,
  TOKEN_PARAMETER,
} from './access.ts';
import type { PageBundle } from './bundle-page.ts';
import type { ConsoleBackend } from './console-backend.ts';
import {
  redirect,
  sendAsset,
  sendJson,
  sendMail,
  sendNoSession,
  sendPage,
  sendProblem,
} from './responses.ts';

/** Handles every request under the console's path. */
export type ConsolePages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ConsoleDeps {
  readonly backend: ConsoleBackend;
  readonly access: ConsoleAccess;
  /** Called for the first page load, and not again after a success. */
  readonly bundle: () => Promise<PageBundle>;
  readonly now: () => Date;
}

/** Serves the page, and the JSON that it shows. */
export function makeConsole(deps: ConsoleDeps): ConsolePages {
  const { backend, access } = deps;
  let bundled: Promise<PageBundle> | undefined;
  const bundle = () => {
    bundled ??= deps.bundle().catch((error) => {
      bundled = undefined;
      throw error;
    });
    return bundled;
  };
  return async function respond(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!isFromThisConsole(request)) return sendProblem(response, 403, 'Forbidden.');
    const [, , area, ...rest] = pathname.split('/');
    if (area === 'assets') return respondAsset(response, await bundle(), rest.join('/'));
    const isKnown = hasSession(request, access);
    if (area === 'api' || (area === 'mails' && rest[1] === 'html')) {
      if (!isKnown) return sendProblem(response, 401, 'This page belongs to an earlier start.');
      const call: Call = { request, response, searchParams, rest };
      return area === 'api' ? respondApi(call, deps) : respondMail(call, backend);
    }
    if (request.method !== 'GET') return sendProblem(response, 405, 'Method not allowed.');
    if (!isKnown && !mayStartSession(access, searchParams)) return sendNoSession(response);
    // The token leaves the address bar, so that a copied address does not contain it.
    if (searchParams.has(TOKEN_PARAMETER))
      return redirect(response, pathname, sessionCookie(request, access));
    return sendPage(response, await bundle(), isKnown ? undefined : sessionCookie(request, access));
  };
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly searchParams: URLSearchParams;
  /** Parts of the path behind the area. */
  readonly rest: readonly string[];
}

function respondAsset(response: ServerResponse, bundle: PageBundle, name: string): void {
  if (name === 'console.js') sendAsset(response, 'text/javascript', bundle.script);
  else if (name === 'console.css') sendAsset(response, 'text/css', bundle.style);
  else sendProblem(response, 404, 'Not found.');
}

function respondMail({ response, rest: [id = ''] }: Call, { mails }: ConsoleBackend): void {
  const html = mails?.html(id);
  if (html === undefined) sendProblem(response, 404, 'Not found.');
  else sendMail(response, html);
}

async function respondApi(call: Call, deps: ConsoleDeps): Promise<void> {
  const { request, response, rest } = call;
  const { backend } = deps;
  try {
    switch (`${request.method} ${rest[0]}`) {
      case 'GET context':
        return sendJson(response, 200, contextOf(backend));
      case 'GET figures':
        return await respondFigures(call, deps);
      case 'GET mails':
        return respondMails(call, backend);
      case 'POST commands':
        return await respondCommand(call, backend);
      default:
        return sendProblem(response, 404, 'Not found.');
    }
  } catch (error) {
    const statusCode = error instanceof MetricsDeniedError ? 403 : 502;
    sendProblem(response, statusCode, redactText((error as Error).message));
  }
}

const contextOf = ({ target, mails, refreshMs }: ConsoleBackend): ConsoleContext => ({
  target,
  providers: providers.map((name) => ({
    name,
    path: webhookPath(name),
    shell: registry[name].signature.shell ?? { lines: [], headers: [] },
  })),
  hasSandbox: mails !== undefined,
  refreshMs,
});

async function respondFigures({ response, searchParams }: Call, deps: ConsoleDeps): Promise<void> {
  const range = z.enum(figureRanges).safeParse(searchParams.get('range') ?? 'hour');
  if (!range.success) return sendProblem(response, 400, z.prettifyError(range.error));
  sendJson(response, 200, await deps.backend.readFigures(range.data, deps.now()));
}

function respondMails({ response, rest: [, id] }: Call, { mails }: ConsoleBackend): void {
  const found = id === undefined ? { mails: mails?.list() ?? [] } : mails?.find(id);
  if (found === undefined) sendProblem(response, 404, 'The sandbox holds no such mail.');
  else sendJson(response, 200, found);
}

const commandRequest = z.strictObject({
  command: z.enum(consoleCommands),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

const MAX_REQUEST_BYTES = 65_536;

async function respondCommand({ request, response }: Call, backend: ConsoleBackend): Promise<void> {
  const text = await readLimitedBody(request);
  const { success, data, error } = commandRequest.safeParse(parseJson(text ?? ''));
  if (!success) return sendProblem(response, 400, z.prettifyError(error));
  const { statusCode, body } = await backend.runCommand(data.command, data.arguments);
  sendJson(response, statusCode, body);
}

async function readLimitedBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
