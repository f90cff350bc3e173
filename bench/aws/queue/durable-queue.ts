import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../local/temporary-directory.ts';
import { ask } from '../../child.ts';
import type { Usage } from '../../usage.ts';
import type { Certificate } from '../certificate.ts';
import type { QueueOpening, QueuePorts } from './queue-process.ts';

/**
 * One queue of SQS, in a process of its own: a message is accepted once it is on the disk, and those that come meanwhile
 * share the next write. Functions reach it over TLS with signed requests, the event source without either.
 */
export class DurableQueue {
  /** What a function finds in its environment, and the event source with it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #child: ChildProcess;
  readonly #directory: TemporaryDirectory;

  private constructor(
    child: ChildProcess,
    directory: TemporaryDirectory,
    { signed, inner }: QueuePorts,
  ) {
    this.#child = child;
    this.#directory = directory;
    this.environment = {
      AWS_ENDPOINT_URL_SQS: `https://127.0.0.1:${signed}`,
      QUEUE_URL: `https://127.0.0.1:${signed}/000000000000/deliveries`,
      EVENT_SOURCE_PORT: String(inner),
    };
  }

  static async open(program: string, certificate: Certificate): Promise<DurableQueue> {
    const directory = makeTemporaryDirectory('queue');
    const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const opening: QueueOpening = { ...certificate, log: join(directory.path, 'log') };
    return new DurableQueue(child, directory, await ask<QueuePorts>(child, opening));
  }

  /** Whatever waits or is out is gone. */
  async clear(): Promise<void> {
    await ask(this.#child, 'clear');
  }

  usage(): Promise<Usage> {
    return ask<Usage>(this.#child, 'usage');
  }

  stop(): void {
    this.#child.kill();
    this.#directory.remove();
  }
}
