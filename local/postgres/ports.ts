import { createServer } from 'node:net';
import { UserError } from '../user-error.ts';

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/**
 * A restarted server needs its port again, because functions know its address. Without this check,
 * another server on the port would be mistaken for it.
 */
export async function assertFree(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', resolve);
  }).catch(() => {
    throw new UserError(
      `Postgres cannot start: port ${port} of 127.0.0.1 is in use. ` +
        'A restart needs the same port. Stop the process that uses it, then try again.',
    );
  });
  await new Promise((resolve) => probe.close(resolve));
}
