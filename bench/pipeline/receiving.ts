import type { Envelope } from '../../lambdas/webhooks/envelope.ts';

/** A POST of Mux's, as node:http has it. */
export interface Delivery {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** @returns the status that answers it. */
export type Accept = (delivery: Delivery) => Promise<number>;

/** What a variant is made of, each part for a process of its own. */
export interface Pipeline {
  openReceiver(): Promise<Accept>;
  /** Resolves once it works. Where there is none, the receiver does all. */
  startWorker?(): Promise<void>;
}

/** What a queue of jobs carries. */
export type Job = Omit<Envelope, 'replay'>;
