import type { FilmIdentity, MuxEvent, Target } from '../../../lambdas/providers/mux/events.ts';
import type { IncomingEvent } from '../../../lambdas/webhooks/process/exactly-once.ts';
import { aMuxEvent } from './assets.ts';

export function arrivalOf(event: MuxEvent): IncomingEvent<MuxEvent> {
  return {
    eventId: event.eventId,
    type: event.type,
    receivedAt: event.occurredAt,
    body: '{}',
    event,
  };
}

/** A film's story as Mux tells it: some events name the upload, some the asset, and some say that they are one. */
export function storyOf(film: string, portalId: string | null): MuxEvent[] {
  const [assetId, uploadId] = [`asset-${film}`, `upload-${film}`];
  const tell = (target: Target, name: string, second: number, names: Partial<FilmIdentity>) =>
    aMuxEvent({
      eventId: `${name}-${film}`,
      target,
      occurredAt: new Date(Date.UTC(2026, 2, 1, 10, 0, second)),
      film: { assetId: null, uploadId: null, portalId, ...names },
    });
  return [
    tell('processing', 'upload', 1, { uploadId }),
    tell('processing', 'created', 2, { assetId }),
    tell('processing', 'joined', 3, { assetId, uploadId }),
    tell('ready', 'ready', 4, { assetId, uploadId }),
  ];
}

/** Numerical Recipes' generator: orders that a failure can be repeated with. */
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
