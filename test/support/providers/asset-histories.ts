import type { AssetIdentifiers } from '../../../lambdas/assets/assets.queries.ts';
import type { MuxEvent, Target } from '../../../lambdas/providers/mux/events.ts';
import type { IncomingEvent } from '../../../lambdas/webhooks/process/event-handler.ts';
import { aMuxEvent } from './assets.ts';

export function incomingEvent(event: MuxEvent): IncomingEvent<MuxEvent> {
  return {
    eventId: event.eventId,
    type: event.type,
    receivedAt: event.occurredAt,
    body: '{}',
    event,
  };
}

/**
 * Returns the events of one asset: some name only the upload, some only the asset, and some name
 * both.
 */
export function historyOf(asset: string, portalId: string | null): MuxEvent[] {
  const [assetId, uploadId] = [`asset-${asset}`, `upload-${asset}`];
  const anEvent = (
    target: Target,
    name: string,
    second: number,
    identifiers: Partial<AssetIdentifiers>,
  ) =>
    aMuxEvent({
      eventId: `${name}-${asset}`,
      target,
      occurredAt: new Date(Date.UTC(2026, 2, 1, 10, 0, second)),
      asset: { assetId: null, uploadId: null, portalId, ...identifiers },
    });
  return [
    anEvent('processing', 'upload', 1, { uploadId }),
    anEvent('processing', 'created', 2, { assetId }),
    anEvent('processing', 'joined', 3, { assetId, uploadId }),
    anEvent('ready', 'ready', 4, { assetId, uploadId }),
  ];
}

/**
 * Shuffles with the generator of Numerical Recipes, so that a failing order can be repeated by its
 * seed.
 */
export function shuffler(seed: number) {
  let state = seed;
  const random = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state;
  };
  return <Item>(items: readonly Item[]): Item[] =>
    items
      .map((item) => ({ item, place: random() }))
      .sort((one, other) => one.place - other.place)
      .map(({ item }) => item);
}
