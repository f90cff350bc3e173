import { type ChildProcess, spawn } from 'node:child_process';

/** A Node process that answers each message with one message. Its stdout is discarded. */
export class Child {
  readonly #process: ChildProcess;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] satisfies unknown[];
    this.#process = spawn(process.execPath, args, { env, stdio } as object);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Waits for the next message of the process. */
  answer<Message>(): Promise<Message> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error('A process ended; see its error above.'));
      this.#process.once('exit', fail).once('message', (message) => {
        this.#process.off('exit', fail);
        resolve(message as Message);
      });
    });
  }

  ask<Message>(message: object | string): Promise<Message> {
    const answer = this.answer<Message>();
    this.#process.send(message);
    return answer;
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }
}
