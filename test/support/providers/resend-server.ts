import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';

export interface ReceivedMail {
  id: string;
  key: string;
  payload: { from: string; to: string; subject: string; html: string; text: string; tags: unknown };
  at: number;
}

/**
 * Planned handling of one request. An object rejects the request with its status and name. `lost`
 * accepts the request and closes the connection before the response, `silent` accepts it and never
 * responds, and `hang` does not even read it.
 */
export type Turn =
  | { status: number; name: string; headers?: Record<string, string>; delayMs?: number }
  | 'lost'
  | 'silent'
  | 'hang';

export interface ResendServer {
  url: string;
  /** Planned handling of the next requests, in order. Later requests are accepted. */
  turns: Turn[];
  keys: Set<string>;
  /** Accepted mails. */
  mails: ReceivedMail[];
  requests: number;
  /** Headers of every accepted request. */
  headers: Record<string, string>;
  /** An accepted request stays in progress until this promise resolves. */
  accepting: Promise<unknown>;
  now: () => Date;
}

const KEPT_MS = 24 * 3_600_000;

/** Runs a local server with the idempotency of https://resend.com/docs/dashboard/emails/idempotency-keys. */
export function useResendServer(): ResendServer {
  const resend = {} as ResendServer;
  const inProgress = new Set<string>();
  const server = createServer(
    (request, response) => void handle(resend, inProgress, request, response),
  );

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    resend.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    const fresh = {
      turns: [],
      keys: new Set(['re_current']),
      mails: [],
      requests: 0,
      headers: {},
      accepting: Promise.resolve(),
    };
    Object.assign(resend, fresh, { now: () => new Date() });
    inProgress.clear();
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return resend;
}

async function handle(
  resend: ResendServer,
  inProgress: Set<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  resend.requests += 1;
  const turn = resend.turns.shift();
  if (turn === 'hang') return;
  const reject = (statusCode: number, name: string, headers = {}): void => {
    response.writeHead(statusCode, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ statusCode, name, message: `Rejected: ${name}.` }));
  };
  if (typeof turn === 'object') {
    await setTimeout(turn.delayMs ?? 0);
    return reject(turn.status, turn.name, turn.headers);
  }
  if (!resend.keys.has(request.headers.authorization?.replace('Bearer ', '') ?? ''))
    return reject(403, 'invalid_api_key');

  const key = String(request.headers['idempotency-key']);
  if (inProgress.has(key)) return reject(409, 'concurrent_idempotent_requests');
  inProgress.add(key);
  const payload = await text(request);
  await resend.accepting;
  inProgress.delete(key);

  const at = resend.now().getTime();
  const known = resend.mails.find((mail) => mail.key === key && at - mail.at < KEPT_MS);
  if (known && JSON.stringify(known.payload) !== payload)
    return reject(409, 'invalid_idempotent_request');
  const id = known?.id ?? `mail-${key}-${resend.mails.length}`;
  if (!known) resend.mails.push({ id, key, payload: JSON.parse(payload), at });
  if (turn === 'lost') return void response.destroy();
  if (turn === 'silent') return;
  response.writeHead(200, { 'content-type': 'application/json', ...resend.headers });
  response.end(JSON.stringify({ id }));
}
