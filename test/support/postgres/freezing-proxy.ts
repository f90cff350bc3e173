import { connect, createServer, type Socket } from 'node:net';

export interface FreezingProxy {
  readonly url: string;
  /** Number of connections that were opened through the proxy. */
  connections(): number;
  /** Keeps every connection open and passes no data on, like a stopped server or a black hole. */
  freeze(): void;
  /** Ends a connection as soon as its client sends this text, as a crash of its session does. */
  breakOn(text: string): void;
  stop(): void;
}

/** Starts a proxy to Postgres that can stop answering. */
export async function startFreezingProxy(databaseUrl: string): Promise<FreezingProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets: Socket[] = [];
  let frozen = false;
  let breaking: string | undefined;
  let connections = 0;
  const proxy = createServer((client) => {
    connections += 1;
    const server = connect(Number(port), hostname);
    sockets.push(client, server);
    client.on('data', (data) => {
      if (breaking !== undefined && data.includes(breaking)) client.destroy();
      else if (!frozen) server.write(data);
    });
    server.on('data', (data) => !frozen && client.write(data));
    for (const socket of [client, server]) socket.on('error', () => {});
    client.on('close', () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((proxy.address() as { port: number }).port);
  return {
    url: url.toString(),
    connections: () => connections,
    freeze() {
      frozen = true;
    },
    breakOn(text) {
      breaking = text;
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
