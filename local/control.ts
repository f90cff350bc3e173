import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { chooseFilm } from './choose-film.ts';
import type { Consequences } from './inspect.ts';
import { listen } from './listen.ts';
import { Problem } from './problem.ts';
import { type DeliveryAnswer, postTimes } from './sandbox/mux.ts';
import { muxEvent } from './sandbox/mux-events.ts';
import type { LocalInstance } from './start.ts';

const request = z.object({
  provider: z.literal('mux'),
  type: z.string(),
  asset: z.string().optional(),
  title: z.string().optional(),
  forged: z.boolean().default(false),
  times: z.int().min(1).max(100).default(1),
});

export type SendRequest = z.input<typeof request>;

export interface SendReport {
  readonly eventId: string;
  readonly title: string;
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
      (error: unknown) => write(response, error instanceof Problem ? 400 : 500, { message: (error as Error).message }),
    );
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop: () => close(server) };
}

async function respond(local: LocalInstance, incoming: IncomingMessage): Promise<object> {
  const { host = '', 'content-type': contentType } = incoming.headers;
  // A web page may post to any port of its visitor's machine, but neither with this content type nor to this host.
  if (!/^127\.0\.0\.1:\d+$/.test(host) || contentType !== 'application/json')
    throw new Problem('This is for npm run send.');
  const body: unknown = JSON.parse(Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString());
  if (incoming.url === '/send') return send(local, request.parse(body));
  if (incoming.url === '/inspect') {
    const { source, eventId } = z.object({ source: z.string(), eventId: z.string() }).parse(body);
    return local.inspect(source, eventId);
  }
  throw new Problem(`There is no ${incoming.url}.`);
}

async function send(local: LocalInstance, wish: z.output<typeof request>): Promise<SendReport> {
  const film = await chooseFilm(local.pool, wish.type, wish);
  const event = muxEvent(wish.type, film, new Date());
  const answers = await postTimes(local.mux, event, wish.times, { forged: wish.forged });
  return { eventId: event.id, title: film.title, answers };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function write(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export const NOT_RUNNING = 'Local mode is not running: run `npm start` in another terminal first.';

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
      throw new Problem(NOT_RUNNING);
    });
    const answer = (await response.json()) as Answer & { message?: string };
    if (!response.ok) throw new Problem(answer.message ?? `Local mode answered ${response.status}.`);
    return answer;
  }
  return {
    send: (wish) => ask('/send', wish),
    inspect: (source, eventId) => ask('/inspect', { source, eventId }),
  };
}
