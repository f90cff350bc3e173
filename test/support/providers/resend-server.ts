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
 * What happens to one request: refused with a status and name; accepted, and the connection lost (`lost`) or silent
 * (`silent`) before the answer; or not even read (`hang`).
 */
export type Turn =
  | { status: number; name: string; headers?: Record<string, string>; delayMs?: number }
  | 'lost'
  | 'silent'
  | 'hang';

export interface ResendServer {
  url: string;
  /** One for each request, in their order; then everything is accepted. */
  turns: Turn[];
  keys: Set<string>;
  /** What it has sent. */
  mails: ReceivedMail[];
  requests: number;
  /** Until this resolves, an accepted request is in progress. */
  accepting: Promise<unknown>;
  now: () => Date;
}

const KEPT_MS = 24 * 3_600_000;

/** Resend as https://resend.com/docs/dashboard/emails/idempotency-keys describes it, on a port of this machine. */
export function useResendServer(): ResendServer {
  const resend = {} as ResendServer;
  const inProgress = new Set<string>();
  const server = createServer(
    (request, response) => void answer(resend, inProgress, request, response),
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

async function answer(
  resend: ResendServer,
  inProgress: Set<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  resend.requests += 1;
  const turn = resend.turns.shift();
  if (turn === 'hang') return;
  const refuse = (statusCode: number, name: string, headers = {}): void => {
    response.writeHead(statusCode, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ statusCode, name, message: `Refused: ${name}.` }));
  };
  if (typeof turn === 'object') {
    await setTimeout(turn.delayMs ?? 0);
    return refuse(turn.status, turn.name, turn.headers);
  }
  if (!resend.keys.has(request.headers.authorization?.replace('Bearer ', '') ?? ''))
    return refuse(403, 'invalid_api_key');

  const key = String(request.headers['idempotency-key']);
  if (inProgress.has(key)) return refuse(409, 'concurrent_idempotent_requests');
  inProgress.add(key);
  const payload = await text(request);
  await resend.accepting;
  inProgress.delete(key);

  const at = resend.now().getTime();
  const known = resend.mails.find((mail) => mail.key === key && at - mail.at < KEPT_MS);
  if (known && JSON.stringify(known.payload) !== payload)
    return refuse(409, 'invalid_idempotent_request');
  const id = known?.id ?? `mail-${key}-${resend.mails.length}`;
  if (!known) resend.mails.push({ id, key, payload: JSON.parse(payload), at });
  if (turn === 'lost') return void response.destroy();
  if (turn === 'silent') return;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id }));
}
