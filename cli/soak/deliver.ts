import { setTimeout } from 'node:timers/promises';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { type MuxAsset, muxEvent, muxId } from '../../local/sandbox/mux-events.ts';
import { resendEvent } from '../../local/sandbox/resend-events.ts';
import type { SentMail } from '../../local/sandbox/resend-mails.ts';
import type { DeliveryResponse } from '../../local/sandbox/webhook.ts';
import type { PlannedDelivery } from './plan.ts';
import type { PlannedEvent, PlannedVideo } from './plan-videos.ts';
import type { SoakSystem } from './world.ts';

/** Results of all deliveries of a run. */
export class DeliveryLog {
  /** Number of accepted deliveries of each event, by provider and event id. */
  readonly #accepted = new Map<string, number>();
  /** Number of responses other than 200, by status; 0 if no response arrived. */
  readonly rejected = new Map<number, number>();
  deliveries = 0;

  accept(provider: Provider, eventId: string): void {
    const key = eventKey(provider, eventId);
    this.deliveries += 1;
    this.#accepted.set(key, (this.#accepted.get(key) ?? 0) + 1);
  }

  reject(statusCode: number): void {
    this.rejected.set(statusCode, (this.rejected.get(statusCode) ?? 0) + 1);
  }

  isAccepted = (provider: Provider, eventId: string): boolean =>
    this.#accepted.has(eventKey(provider, eventId));

  /** Number of distinct events that were accepted. */
  get events(): number {
    return this.#accepted.size;
  }
}

export const eventKey = (provider: string, eventId: string): string => `${provider} ${eventId}`;

const RETRY_MS = 250;

/**
 * Delivers until the response is 200, as a provider does.
 * @returns false if the run stops before.
 */
async function deliverUntilAccepted(
  log: DeliveryLog,
  signal: AbortSignal,
  deliver: () => Promise<DeliveryResponse>,
): Promise<boolean> {
  while (!signal.aborted) {
    const status = await deliver().then(
      ({ statusCode }) => statusCode,
      () => 0,
    );
    if (status === 200) return true;
    log.reject(status);
    await setTimeout(RETRY_MS);
  }
  return false;
}

export interface DeliverDeps {
  readonly local: Pick<SoakSystem, 'mux' | 'resend'>;
  readonly log: DeliveryLog;
  readonly signal: AbortSignal;
  /** Time of the first event of every video. */
  readonly startedAt: Date;
}

/** Delivers an event of Mux. */
export async function deliverAssetEvent(
  { local, log, signal, startedAt }: DeliverDeps,
  { video, event, position, earlierAttempts }: PlannedDelivery,
): Promise<void> {
  const at = new Date(startedAt.getTime() + position * 1_000);
  const body = { ...muxEvent(event.type, toMuxAsset(video), at), id: event.id };
  const accepted = await deliverUntilAccepted(log, signal, () =>
    local.mux.deliver(body, { earlierAttempts }),
  );
  if (accepted) log.accept('mux', event.id);
}

/** Delivers the planned events of a mail, each as often as planned, all at once. */
export async function deliverMailEvents(
  { local, log, signal }: DeliverDeps,
  events: readonly PlannedEvent[],
  mail: SentMail,
): Promise<void> {
  const deliveries = events.flatMap((event, position) => {
    const at = new Date(mail.at.getTime() + position * 1_000);
    const body = { ...resendEvent(event.type, mail, at), id: event.id };
    return Array.from({ length: event.times }, async () => {
      const accepted = await deliverUntilAccepted(log, signal, () => local.resend.deliver(body));
      if (accepted) log.accept('resend', event.id);
    });
  });
  await Promise.all(deliveries);
}

const toMuxAsset = ({ id, ownerId, title }: PlannedVideo): MuxAsset => ({
  uploadId: muxId(`upload ${id}`, 46),
  assetId: muxId(`asset ${id}`),
  passthrough: id,
  title,
  creatorId: ownerId,
});
