import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { findProgram } from '../machine.ts';
import { cpuOfFamily } from './server-cpu.ts';

export const redisServer = findProgram('redis-server');

export interface Redis {
  readonly port: number;
  cpuSeconds(): number | undefined;
  stop(): void;
}

/** As durable as the others: each write is on the disk before it is answered. */
export async function startRedis(program: string): Promise<Redis> {
  const directory = makeTemporaryDirectory('redis');
  const port = await freePort();
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory.path,
    ...durable,
  ];
  const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'inherit'] });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  await untilItAnswers(port, child);
  return {
    port,
    cpuSeconds: () => cpuOfFamily(String(child.pid)),
    stop() {
      process.off('exit', end);
      end();
      directory.remove();
    },
  };
}

async function untilItAnswers(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('redis-server has ended; what it said is above.');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
