import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** JSON, a line for each value: what the stand-in and its event source say to each other costs next to nothing. */
export function onLine<Value>(socket: Socket, take: (value: Value) => void): void {
  const decoder = new StringDecoder();
  let rest = '';
  socket.on('data', (chunk) => {
    const text = decoder.write(chunk);
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      rest += text;
      return;
    }
    const whole = rest + text.slice(0, end);
    rest = text.slice(end + 1);
    for (const line of whole.split('\n')) take(JSON.parse(line));
  });
}

export const sendLine = (socket: Socket, value: unknown): boolean =>
  socket.write(`${JSON.stringify(value)}\n`);
