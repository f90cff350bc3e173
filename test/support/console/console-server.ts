import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from '@jest/globals';
import { type ConsoleAccess, makeAccess } from '../../../console/server/access.ts';
import type { ConsoleBackend } from '../../../console/server/console-backend.ts';
import { makeConsole } from '../../../console/server/console-server.ts';

/** A backend without a deployment, which records the commands that it ran. */
export function aBackend(changes: Partial<ConsoleBackend> = {}) {
  const commands: (readonly [command: string, given: object])[] = [];
  const backend: ConsoleBackend = {
    target: { kind: 'stage', url: 'https://api.example.org', stage: 'prod' },
    runCommand: async (command, given) => {
      commands.push([command, given]);
      return { statusCode: 200, body: { ran: command } };
    },
    readFigures: async (range) => ({ range, periodSeconds: 60, times: [], providers: [] }),
    refreshMs: 1_000,
    ...changes,
  };
  return { backend, commands };
}

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Serves consoles on free ports, and closes them after each test. */
export function useConsoleServer() {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  return async function serve(backend: ConsoleBackend, mode: ConsoleAccess['mode'] = 'open') {
    const access = makeAccess(mode);
    const bundle = async () => ({ script: 'script', style: 'style', version: 'v1' });
    const respond = makeConsole({ backend, access, bundle, now: () => new Date(0) });
    const server = createServer((incoming, response) => void respond(incoming, response));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    /** Sends a request with exactly the given headers; `fetch` would not allow a foreign Host. */
    const ask = ({ method = 'GET', path = '/console', headers = {}, body = '' }: Ask) =>
      new Promise<Answer>((resolve, reject) => {
        const options = { host: '127.0.0.1', port, method, path, headers };
        const sent = request(options, async (response) =>
          resolve({
            statusCode: response.statusCode ?? 0,
            headers: response.headers,
            body: await text(response),
          }),
        );
        sent.once('error', reject).end(body);
      });
    const cookieOf = ({ headers }: Answer) => String(headers['set-cookie']).split(';')[0] ?? '';
    const login = async () => ({
      cookie: cookieOf(await ask({ path: `/console?token=${access.token}` })),
    });
    return { ask, login, cookieOf, port, access };
  };
}

export const json = { 'content-type': 'application/json' };
