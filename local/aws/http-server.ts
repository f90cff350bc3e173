import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '../user-error.ts';

/**
 * Listens on 127.0.0.1 only. Port 0 selects a free port.
 * @param option Option of npm start that selects the port.
 * @returns the port.
 */
export async function listen(server: Server, port: number, option = '--port'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(toUserError(error, port, option)),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function toUserError(error: NodeJS.ErrnoException, port: number, option: string): Error {
  if (error.code === 'EADDRINUSE')
    return new UserError(
      `Port ${port} of 127.0.0.1 is in use. Stop the program that listens there, or choose ` +
        `another port with ${option}${option === '--port' ? ' (0 selects a free one)' : ''}.`,
    );
  if (error.code === 'EACCES')
    return new UserError(
      `Port ${port} requires privileges that this process does not have. ` +
        `Choose a port above 1023 with ${option}.`,
    );
  return error;
}

/** Closes the server and all its connections, open requests included. */
export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Reads the whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
}
