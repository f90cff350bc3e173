import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consolePath } from '../console-api.ts';
import { type ConsoleAccess, makeAccess, TOKEN_PARAMETER } from './access.ts';
import { bundlePage, type PageBundle } from './bundle-page.ts';
import type { ConsoleBackend } from './console-backend.ts';
import { makeConsole } from './console-server.ts';
import { sendProblem } from './responses.ts';

export interface RunningConsole {
  /** Address with the token of this start; it opens the console once and starts a session. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly backend: ConsoleBackend;
  /** Port of 127.0.0.1; 0 selects a free one. */
  readonly port: number;
  readonly bundle?: () => Promise<PageBundle>;
}

/**
 * Serves a console of its own on 127.0.0.1, for a deployment elsewhere. Bundles the page first, so
 * that a missing part fails the start and not the first visit.
 */
export async function startConsole(options: StartOptions): Promise<RunningConsole> {
  const { backend, port, bundle = bundlePage } = options;
  const access = makeAccess('link');
  const bundled = await bundle();
  const respond = makeConsole({
    backend,
    access,
    bundle: async () => bundled,
    now: () => new Date(),
  });
  const server = createServer((request, response) => {
    if (request.url === '/') return void response.writeHead(302, { location: consolePath }).end();
    respond(request, response).catch(() => sendProblem(response, 500, 'The console failed.'));
  });
  await listen(server, port);
  return { url: addressOf(server, access), stop: () => close(server) };
}

function addressOf(server: Server, { token }: ConsoleAccess): string {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}${consolePath}?${TOKEN_PARAMETER}=${token}`;
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
