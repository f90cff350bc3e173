import { createServer } from 'node:http';
import { providers, webhookPath } from '../lambdas/catalog/providers.ts';
import type { HttpApi } from './aws/http-api.ts';
import { closeServer, listen } from './aws/http-server.ts';
import type { Cleanups } from './cleanups.ts';

export interface Relay {
  readonly url: string;
  stop(): Promise<void>;
}

const relayedPaths: ReadonlySet<string> = new Set(providers.map(webhookPath));

/**
 * Serves only the webhooks of the HTTP API, on a port for a tunnel from the internet. The API
 * itself accepts every operator's signature, and the console needs none.
 */
export async function startRelay({ server: api }: HttpApi, port: number): Promise<Relay> {
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (request.method === 'POST' && relayedPaths.has(path)) {
      api.emit('request', request, response);
      return;
    }
    request.resume();
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
  });
  const url = `http://127.0.0.1:${await listen(server, port, '--relay-port')}`;
  return { url, stop: () => closeServer(server) };
}

/** Starts the relay if it has a port. @returns its URL. */
export async function openRelay(
  api: HttpApi,
  port: number | undefined,
  cleanups: Cleanups,
): Promise<string | undefined> {
  if (port === undefined) return undefined;
  const relay = await startRelay(api, port);
  cleanups.add(() => relay.stop());
  return relay.url;
}
