import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '../user-error.ts';

/** On 127.0.0.1 and nowhere else. Port 0 takes a free one. @returns the port. */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new UserError(
      `Port ${port} of 127.0.0.1 is in use: stop what listens there, or choose another with --port (0 takes a free one).`,
    );
  if (error.code === 'EACCES')
    return new UserError(
      `Port ${port} needs privileges that this process does not have: choose one above 1023 with --port.`,
    );
  return error;
}
