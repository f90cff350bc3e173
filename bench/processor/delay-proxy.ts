import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** Delays the responses of a Postgres server, as the way to another zone does. */
export async function startDelayProxy(databaseUrl: string, delayMs: number) {
  const { hostname, port } = new URL(databaseUrl);
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', () => {});
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => setTimeout(() => client.write(chunk), delayMs));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port: own } = server.address() as AddressInfo;
  return { url: databaseUrl.replace(`:${port}/`, `:${own}/`), stop: () => server.close() };
}
