import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { providers } from '../lambdas/catalog/providers.ts';
import { closeServer, listen, readBody } from './aws/http-server.ts';
import type { LocalInstance } from './local-instance.ts';
import type { Consequences } from './postgres/inspect-event.ts';
import { type EventFault, removeEventFaults } from './rehearsal/event-faults.ts';
import { type PortalResult, portalRequests } from './rehearsal/portal-requests.ts';
import { rehearse } from './rehearsal/rehearse.ts';
import { NOT_RUNNING } from './running-instance.ts';
import type { SendRequest, SendResult } from './sandbox/event-sender.ts';
import { BadInputError, NotFoundError, UserError } from './user-error.ts';

const sendRequest = z.object({
  provider: z.enum(providers),
  type: z.string().optional(),
  body: z.string().optional(),
  fails: z.int().min(1).optional(),
  broken: z.boolean().default(false),
  late: z.boolean().default(false),
  forged: z.boolean(),
  times: z.int().min(1).max(100),
  subject: z.record(z.string(), z.string()),
});

const portalRequest = z.discriminatedUnion('name', [
  z.object({ name: z.literal('share-link'), asset: z.string().optional(), days: z.number() }),
  z.object({ name: z.literal('upload'), title: z.string() }),
  z.object({ name: z.literal('invitation'), email: z.string(), daysAgo: z.number() }),
]);

/** Status code of each kind of error that the user can correct. The last one covers the others. */
const kindsOfError = [
  [BadInputError, 400],
  [NotFoundError, 404],
  [UserError, 409],
] as const;

export type PortalRequest = z.output<typeof portalRequest>;

export interface ControlServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves `npm run send`: posts events as a provider does, and reads the effects of an event. */
export async function startControlServer(local: LocalInstance): Promise<ControlServer> {
  const server = createServer((request, response) => {
    respond(local, request).then(
      (body) => write(response, 200, body),
      (error: unknown) => write(response, statusOf(error), { message: (error as Error).message }),
    );
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop: () => closeServer(server) };
}

async function respond(local: LocalInstance, request: IncomingMessage): Promise<object> {
  const { host = '', 'content-type': contentType } = request.headers;
  // A web page can post to any port of this machine, but not with this content type or host.
  if (!/^127\.0\.0\.1:\d+$/.test(host) || contentType !== 'application/json')
    throw new UserError('This server accepts requests of npm run send only.');
  const body: unknown = JSON.parse((await readBody(request)).toString());
  if (request.url === '/send') return rehearse(local, sendRequest.parse(body));
  if (request.url === '/repair') return removeEventFaults(local.pool);
  if (request.url === '/portal') return sendToPortal(local, portalRequest.parse(body));
  if (request.url === '/inspect') {
    const { source, eventId } = z.object({ source: z.string(), eventId: z.string() }).parse(body);
    return local.inspect(source, eventId);
  }
  throw new UserError(`There is no ${request.url}.`);
}

function sendToPortal(local: LocalInstance, request: PortalRequest): Promise<PortalResult> {
  if (request.name === 'share-link') return portalRequests['share-link'](local, request);
  return request.name === 'upload'
    ? portalRequests.upload(local, request)
    : portalRequests.invitation(local, request);
}

const statusOf = (error: unknown) =>
  kindsOfError.find(([kind]) => error instanceof kind)?.[1] ?? 500;

function write(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Client of the control server. */
export interface ControlClient {
  send(request: SendRequest): Promise<SendResult>;
  inspect(source: string, eventId: string): Promise<Consequences>;
  /** Ends the faults of `--fails` and `--broken`. @returns their events. */
  repair(): Promise<readonly Pick<EventFault, 'source' | 'eventId'>[]>;
  sendToPortal(request: PortalRequest): Promise<PortalResult>;
}

export function makeControlClient(url: string): ControlClient {
  async function post<Output>(path: string, body: object): Promise<Output> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => {
      throw new UserError(NOT_RUNNING);
    });
    const output = (await response.json()) as Output & { message?: string };
    if (response.ok) return output;
    const [Kind] = kindsOfError.find(([, status]) => status === response.status) ?? [UserError];
    throw new Kind(output.message ?? `Local mode answered ${response.status}.`);
  }
  return {
    send: (request) => post('/send', request),
    inspect: (source, eventId) => post('/inspect', { source, eventId }),
    repair: () => post('/repair', {}),
    sendToPortal: (request) => post('/portal', request),
  };
}
