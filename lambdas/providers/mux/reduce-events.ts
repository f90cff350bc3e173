import type { Asset, AssetMerge } from '../../assets/assets.queries.ts';
import { PermanentError } from '../../webhooks/failures.ts';
import { advance, join } from './asset-state.ts';
import type { EventEffect } from './effects.ts';
import type { MuxEvent } from './events.ts';
import { matchAsset } from './match-asset.ts';

export interface AssetChanges {
  /** Every asset that an event touched, as it is in the end. */
  readonly assets: readonly Asset[];
  readonly merges: readonly AssetMerge[];
  /** One for each event, in the order in which the events were given. */
  readonly steps: readonly EventEffect[];
}

/**
 * Takes each event to its asset, oldest first, so that a batch that holds a film's whole story tells it in order.
 * @throws PermanentError for an event that contradicts every asset it names.
 */
export function reduceEvents(locked: readonly Asset[], events: readonly MuxEvent[]): AssetChanges {
  const rows = new Map(locked.map((asset) => [asset.id, asset]));
  const touched = new Set<string>();
  const merges: AssetMerge[] = [];
  const steps = new Map<MuxEvent, EventEffect>();

  for (const event of [...events].sort(byTime)) {
    const match = matchAsset(event.film, [...rows.values()]);
    if (match === undefined) throw contradiction(event);
    const { asset: before, duplicates } = match;
    const after = advance(duplicates.reduce(join, before), event);
    for (const { id } of duplicates) {
      rows.delete(id);
      touched.delete(id);
      merges.push({ fromId: id, intoId: before.id });
    }
    rows.set(before.id, after);
    touched.add(before.id);
    steps.set(event, { before, event, after });
  }
  const into = (id: string): string => {
    const merge = merges.find(({ fromId }) => fromId === id);
    return merge === undefined ? id : into(merge.intoId);
  };
  return {
    assets: locked.flatMap(({ id }) => (touched.has(id) ? [rows.get(id) as Asset] : [])),
    // A row that others became part of may itself have become part of another.
    merges: merges.map(({ fromId, intoId }) => ({ fromId, intoId: into(intoId) })),
    steps: events.map((event) => {
      const step = steps.get(event) as EventEffect;
      return { ...step, after: { ...step.after, id: into(step.after.id) } };
    }),
  };
}

function byTime(one: MuxEvent, other: MuxEvent): number {
  return (
    one.occurredAt.getTime() - other.occurredAt.getTime() || (one.eventId < other.eventId ? -1 : 1)
  );
}

const contradiction = ({ type, film }: MuxEvent) =>
  new PermanentError(
    'contradictory-film',
    `${type} is about upload ${film.uploadId} and asset ${film.assetId} of Mux, and the portal knows one of them with another.`,
  );
