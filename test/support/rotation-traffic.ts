import { expect } from '@jest/globals';
import type { MuxAsset, MuxEvent } from '../../local/sandbox/mux-events.ts';
import { type ResendMail, resendEvent } from '../../local/sandbox/resend-events.ts';
import { eventOf, type useLocal } from './local.ts';

export interface TrafficOptions {
  readonly local: ReturnType<typeof useLocal>;
  readonly asset: MuxAsset;
  readonly mail: ResendMail;
}

/**
 * Sends webhooks of both providers while their secrets are rotated, and expects that each event is
 * accepted.
 */
export function makeRotationTraffic({ local, asset, mail }: TrafficOptions) {
  const rejectedByNewer: MuxEvent[] = [];

  /** Sends one event of each provider. Mux sends its event to each of its webhooks. */
  async function sendOnce(): Promise<void> {
    const event = eventOf(asset, 'video.asset.updated');
    const [oldest, ...newer] = (await local().mux.deliverToEach(event)).values();
    expect(oldest).toMatchObject({ statusCode: 200 });
    if (newer.some(({ statusCode }) => statusCode !== 200)) rejectedByNewer.push(event);
    expect(
      await local().resend.deliver(resendEvent('email.delivered', mail, new Date())),
    ).toMatchObject({
      statusCode: 200,
    });
  }

  async function send(times = 3): Promise<void> {
    for (let count = 0; count < times; count += 1) await sendOnce();
  }

  /** Sends events without a pause until `work` is done. */
  async function during<Result>(work: () => Promise<Result>): Promise<Result> {
    let isWorking = true;
    const sending = (async () => {
      while (isWorking) await sendOnce();
    })();
    try {
      return await work();
    } finally {
      isWorking = false;
      await sending;
    }
  }

  /** Lets Mux retry the deliveries that reached a new webhook before its secret was stored. */
  async function retryRejected(): Promise<void> {
    for (const event of rejectedByNewer)
      expect(await local().mux.deliver(event)).toMatchObject({ statusCode: 200 });
  }

  return { send, during, retryRejected };
}
