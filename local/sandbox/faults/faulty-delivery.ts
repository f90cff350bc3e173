import { setTimeout } from 'node:timers/promises';
import type { DeliveryResponse } from '../webhook.ts';
import type { DeliveryFault, Faults } from './faults.ts';

/** Response to a delivery that did not leave the provider, or leaves later. */
export const notDelivered: DeliveryResponse = { statusCode: 0, body: '', tookMs: 0 };

type Post = () => Promise<DeliveryResponse>;

export interface FaultyDelivery {
  /**
   * Posts one delivery, unless its fault drops, delays or reorders it.
   * @param onFault Called with the fault before anything is posted.
   */
  post(post: Post, onFault?: (fault: DeliveryFault) => void): Promise<DeliveryResponse>;
  /** Posts the deliveries that wait, and ends when every delayed one was posted. */
  flush(): Promise<void>;
}

/** Applies the faults of a provider to its deliveries. */
export function makeFaultyDelivery(faults: Faults): FaultyDelivery {
  let held: readonly Post[] = [];
  const late = new Set<Promise<unknown>>();

  async function postHeld(): Promise<void> {
    const posts = held;
    held = [];
    for (const post of posts) await post().catch(() => {});
  }
  function postLater(post: Post, ms: number): void {
    const done: Promise<unknown> = setTimeout(ms, undefined, { ref: false })
      .then(post)
      .catch(() => {})
      .finally(() => late.delete(done));
    late.add(done);
  }

  return {
    async post(post, onFault = () => {}) {
      const fault = faults.delivery();
      if (fault === undefined) {
        const response = await post();
        await postHeld();
        return response;
      }
      onFault(fault);
      if (fault.kind === 'delay') postLater(post, fault.ms);
      if (fault.kind === 'reorder') held = [...held, post];
      return notDelivered;
    },
    async flush() {
      await postHeld();
      await Promise.all(late);
    },
  };
}
