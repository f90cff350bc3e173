import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Flights {
  /** How often a client spoke after the server had: what it sends without waiting for an answer is one flight. */
  flights: number;
}

/**
 * Passes TCP on, and answers late: a stand-in for the way to a database in another zone. Timers have milliseconds, so
 * the whole delay is on the way back.
 */
export async function startProxy(databaseUrl: string, delayMs: number) {
  const target = new URL(databaseUrl);
  const counted: Flights = { flights: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let serverSpoke = true;
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (chunk) => {
      if (serverSpoke) counted.flights += 1;
      serverSpoke = false;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      const pass = () => {
        serverSpoke = true;
        client.write(chunk);
      };
      if (delayMs > 0) setTimeout(pass, delayMs);
      else pass();
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: databaseUrl.replace(`:${target.port}/`, `:${port}/`),
    counted,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
