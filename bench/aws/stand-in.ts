import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../local/temporary-directory.ts';
import { ask } from '../child.ts';
import type { Usage } from '../usage.ts';
import { makeCertificate } from './certificate.ts';
import type { Opening, Taken } from './stand-in-process.ts';

/**
 * SQS, Secrets Manager and EventBridge as far as functions use them, over TLS 1.3, each on a port of its own, in a
 * process of its own: what it costs is in nobody's figures. Fast, and in memory only.
 */
export class StandIn {
  /** What a function finds in its environment when it runs beside this. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #child: ChildProcess;
  readonly #directory: TemporaryDirectory;

  private constructor(
    child: ChildProcess,
    directory: TemporaryDirectory,
    environment: Record<string, string>,
  ) {
    this.#child = child;
    this.#directory = directory;
    this.environment = environment;
  }

  static async open(
    secrets: Opening['secrets'],
    certificate = makeCertificate(),
  ): Promise<StandIn> {
    const directory = makeTemporaryDirectory('stand-in');
    const child = fork(join(import.meta.dirname, 'stand-in-process.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ports = await ask<readonly number[]>(child, {
      ...certificate,
      secrets,
    } satisfies Opening);
    const [sqs, secretsManager, eventBridge] = ports.map((port) => `https://127.0.0.1:${port}`);
    const trusted = join(directory.path, 'cert.pem');
    writeFileSync(trusted, certificate.cert);
    return new StandIn(child, directory, {
      AWS_ENDPOINT_URL_SQS: `${sqs}`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `${secretsManager}`,
      AWS_ENDPOINT_URL_EVENTBRIDGE: `${eventBridge}`,
      QUEUE_URL: `${sqs}/000000000000/deliveries`,
      NODE_EXTRA_CA_CERTS: trusted,
      AWS_REGION: 'ap-southeast-2',
      AWS_ACCESS_KEY_ID: 'BENCH',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_SESSION_TOKEN: 'bench',
    });
  }

  take(): Promise<Taken> {
    return ask<Taken>(this.#child, 'take');
  }

  usage(): Promise<Usage> {
    return ask<Usage>(this.#child, 'usage');
  }

  stop(): void {
    this.#child.kill();
    this.#directory.remove();
  }
}
