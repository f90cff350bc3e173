import type { QueueContents } from '../../../local/aws/queue-contents.ts';

/** Settings that an instance has after each start. */
export interface InstanceSettings {
  readonly port: number;
  readonly stateDirectory: string;
  readonly timeScale: number;
  readonly database: { readonly url: string; readonly directUrl: string };
  /** URL of the sandbox of Resend, which outlives the instance. */
  readonly resendUrl: string;
}

/** Request for the contents of the queues. */
export interface ToInstance {
  readonly id: number;
}

export type FromInstance =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'contents';
      readonly id: number;
      readonly contents: readonly QueueContents[];
    };
