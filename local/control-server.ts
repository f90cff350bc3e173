import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { closeServer, listen, readBody } from './aws/http-server.ts';
import type { LocalInstance } from './local-instance.ts';
import { chooseAsset } from './postgres/choose-asset.ts';
import { chooseMail } from './postgres/choose-mail.ts';
import type { Consequences } from './postgres/inspect-event.ts';
import { NOT_RUNNING } from './running-instance.ts';
import { muxEvent } from './sandbox/mux-events.ts';
import { bounceTypes, resendEvent } from './sandbox/resend-events.ts';
import { type DeliveryResponse, postTimes } from './sandbox/webhook.ts';
import { UserError } from './user-error.ts';

const deliveryFields = {
  type: z.string(),
  forged: z.boolean().default(false),
  times: z.int().min(1).max(100).default(1),
};

const muxRequest = z.object({
  ...deliveryFields,
  provider: z.literal('mux'),
  asset: z.string().optional(),
  title: z.string().optional(),
});

const resendRequest = z.object({
  ...deliveryFields,
  provider: z.literal('resend'),
  to: z.string().optional(),
  bounce: z.enum(bounceTypes).optional(),
});

const sendRequest = z.discriminatedUnion('provider', [muxRequest, resendRequest]);

export type SendRequest = z.input<typeof sendRequest>;

export interface SendResult {
  readonly eventId: string;
  /** Title of the video, or the address of the mail. */
  readonly subject: string;
  readonly responses: readonly DeliveryResponse[];
}

export interface ControlServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves `npm run send`: posts events as a provider does, and reads the effects of an event. */
export async function startControlServer(local: LocalInstance): Promise<ControlServer> {
  const server = createServer((request, response) => {
    respond(local, request).then(
      (body) => write(response, 200, body),
      (error: unknown) =>
        write(response, error instanceof UserError ? 400 : 500, {
          message: (error as Error).message,
        }),
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
  if (request.url === '/send') return send(local, sendRequest.parse(body));
  if (request.url === '/inspect') {
    const { source, eventId } = z.object({ source: z.string(), eventId: z.string() }).parse(body);
    return local.inspect(source, eventId);
  }
  throw new UserError(`There is no ${request.url}.`);
}

const send = (local: LocalInstance, request: z.output<typeof sendRequest>): Promise<SendResult> =>
  request.provider === 'mux' ? sendMuxEvent(local, request) : sendResendEvent(local, request);

async function sendMuxEvent(
  { pool, mux }: LocalInstance,
  { type, times, forged, ...choice }: z.output<typeof muxRequest>,
): Promise<SendResult> {
  const asset = await chooseAsset(pool, type, choice);
  const event = muxEvent(type, asset, new Date());
  const responses = await postTimes(mux, event, times, { forged });
  return { eventId: event.id, subject: asset.title, responses };
}

async function sendResendEvent(
  { pool, resend }: LocalInstance,
  { type, times, forged, to, bounce }: z.output<typeof resendRequest>,
): Promise<SendResult> {
  const mail = await chooseMail(pool, to);
  const event = resendEvent(type, mail, new Date(), bounce === undefined ? {} : { bounce });
  const responses = await postTimes(resend, event, times, { forged });
  return { eventId: event.id, subject: mail.to.join(', '), responses };
}

function write(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Client of the control server. */
export interface ControlClient {
  send(request: SendRequest): Promise<SendResult>;
  inspect(source: string, eventId: string): Promise<Consequences>;
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
    if (!response.ok)
      throw new UserError(output.message ?? `Local mode answered ${response.status}.`);
    return output;
  }
  return {
    send: (request) => post('/send', request),
    inspect: (source, eventId) => post('/inspect', { source, eventId }),
  };
}
