import { createServer } from 'node:net';
import { UserError } from '../user-error.ts';

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Returns the preferred port if it is free, otherwise a free one. */
export async function choosePort(preferred: number | undefined): Promise<number> {
  return preferred !== undefined && (await isFree(preferred)) ? preferred : freePort();
}

/**
 * A restarted server needs its port again, because functions know its address. Without this check,
 * another server on the port would be mistaken for it.
 */
export async function assertFree(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new UserError(
    `Postgres cannot start: port ${port} of 127.0.0.1 is in use. ` +
      'A restart needs the same port. Stop the process that uses it, then try again.',
  );
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isListening) await new Promise((resolve) => probe.close(resolve));
  return isListening;
}
