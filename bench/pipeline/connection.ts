import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** @returns undefined while the answer is not whole. There is always a content length. */
export function readStatus(answer: string): number | undefined {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1]);
  return answer.length < end + 4 + length ? undefined : Number(answer.slice(9, 12));
}

/** A connection that is kept, with one request at a time. Of HTTP it knows what a generator needs, and so costs little. */
export class Connection {
  readonly #socket: Socket;
  #answer = '';
  #waiting: { resolve(status: number): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () =>
      this.#waiting?.reject(new Error('The receiver has closed a connection.')),
    );
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @returns the status of the answer. */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  #read(chunk: string): void {
    this.#answer += chunk;
    const status = readStatus(this.#answer);
    if (status === undefined) return;
    this.#answer = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(status);
  }

  close(): void {
    this.#socket.destroy();
  }
}
