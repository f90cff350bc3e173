import type { ChildProcess } from 'node:child_process';

/** Sends a message to a child of the benchmark's and waits for the next that comes back. */
export function ask<Answer>(child: ChildProcess, message: object | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = () =>
      reject(new Error('A process of the benchmark has ended; what it said is above.'));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      resolve(answer as Answer);
    });
    child.send(message);
  });
}
