import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { listen } from './aws/listen.ts';
import { chooseFilm } from './postgres/choose-asset.ts';
import { chooseMail } from './postgres/choose-mail.ts';
import type { Consequences } from './postgres/inspect-event.ts';
import { NOT_RUNNING } from './running-instance.ts';
import { muxEvent } from './sandbox/mux-events.ts';
import { bounceTypes, resendEvent } from './sandbox/resend-events.ts';
import { type DeliveryAnswer, postTimes } from './sandbox/webhook.ts';
import type { LocalInstance } from './start.ts';
import { UserError } from './user-error.ts';

const delivery = {
  type: z.string(),
  forged: z.boolean().default(false),
  times: z.int().min(1).max(100).default(1),
};

const request = z.discriminatedUnion('provider', [
  z.object({
    ...delivery,
    provider: z.literal('mux'),
    asset: z.string().optional(),
    title: z.string().optional(),
  }),
  z.object({
    ...delivery,
    provider: z.literal('resend'),
    to: z.string().optional(),
    bounce: z.enum(bounceTypes).optional(),
  }),
]);

export type SendRequest = z.input<typeof request>;

export interface SendReport {
  readonly eventId: string;
  /** The film's title, or the address that the mail went to. */
  readonly subject: string;
  readonly answers: readonly DeliveryAnswer[];
}

export interface ControlServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** What `npm run send` asks of the running instance: post an event as the provider would, and tell what it caused. */
export async function startControl(local: LocalInstance): Promise<ControlServer> {
  const server = createServer((incoming, response) => {
    respond(local, incoming).then(
      (body) => write(response, 200, body),
      (error: unknown) =>
        write(response, error instanceof UserError ? 400 : 500, {
          message: (error as Error).message,
        }),
    );
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop: () => close(server) };
}

async function respond(local: LocalInstance, incoming: IncomingMessage): Promise<object> {
  const { host = '', 'content-type': contentType } = incoming.headers;
  // A web page may post to any port of its visitor's machine, but neither with this content type nor to this host.
  if (!/^127\.0\.0\.1:\d+$/.test(host) || contentType !== 'application/json')
    throw new UserError('This is for npm run send.');
  const body: unknown = JSON.parse(
    Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString(),
  );
  if (incoming.url === '/send') return send(local, request.parse(body));
  if (incoming.url === '/inspect') {
    const { source, eventId } = z.object({ source: z.string(), eventId: z.string() }).parse(body);
    return local.inspect(source, eventId);
  }
  throw new UserError(`There is no ${incoming.url}.`);
}

async function send(local: LocalInstance, wish: z.output<typeof request>): Promise<SendReport> {
  const { type, times, forged } = wish;
  if (wish.provider === 'resend') {
    const mail = await chooseMail(local.pool, wish.to);
    const event = resendEvent(
      type,
      mail,
      new Date(),
      wish.bounce === undefined ? {} : { bounce: wish.bounce },
    );
    const answers = await postTimes(local.resend, event, times, { forged });
    return { eventId: event.id, subject: mail.to.join(', '), answers };
  }
  const film = await chooseFilm(local.pool, type, wish);
  const event = muxEvent(type, film, new Date());
  return {
    eventId: event.id,
    subject: film.title,
    answers: await postTimes(local.mux, event, times, { forged }),
  };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function write(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The same, from the other side. */
export interface ControlClient {
  send(request: SendRequest): Promise<SendReport>;
  inspect(source: string, eventId: string): Promise<Consequences>;
}

export function makeControlClient(url: string): ControlClient {
  async function ask<Answer>(path: string, body: object): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => {
      throw new UserError(NOT_RUNNING);
    });
    const answer = (await response.json()) as Answer & { message?: string };
    if (!response.ok)
      throw new UserError(answer.message ?? `Local mode answered ${response.status}.`);
    return answer;
  }
  return {
    send: (wish) => ask('/send', wish),
    inspect: (source, eventId) => ask('/inspect', { source, eventId }),
  };
}
