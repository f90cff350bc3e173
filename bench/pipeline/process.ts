import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../read-body.ts';
import { reportUsage } from '../usage.ts';
import type { Accept, Pipeline } from './receiving.ts';

export type Role = 'receiver' | 'worker';

/** What a receiver says when it is ready; a worker says 0. */
export type Port = number;

const [file = '', role] = process.argv.slice(2) as [string?, Role?];
const pipeline = (await import(file)) as Pipeline;
reportUsage();
if (role === 'receiver') process.send?.(await serve(await pipeline.openReceiver()));
else {
  await pipeline.startWorker?.();
  process.send?.(0);
}

/** The same for all: what a variant does begins with the bytes and ends with a status. */
function serve(accept: Accept): Promise<Port> {
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const status = await accept({ body, headers: request.headers as Record<string, string> }).catch(
      (error) => {
        console.error(error);
        return 500;
      },
    );
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': 2 });
    response.end('{}');
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}
