import type { Asset, AssetDetachment, AssetMerge } from '../../assets/assets.queries.ts';
import { PermanentError } from '../../webhooks/failures.ts';
import { announce } from './announcement.ts';
import { advance, join } from './asset-state.ts';
import type { EventEffect } from './effects.ts';
import type { MuxEvent } from './events.ts';
import { type AssetMatch, matchAsset } from './match-asset.ts';

export interface EventReduction {
  /** Final state of every asset that an event affected. */
  readonly assets: readonly Asset[];
  readonly merges: readonly AssetMerge[];
  /** Assets that moved from a row of the portal to a new row without an owner. */
  readonly detachments: readonly AssetDetachment[];
  /** Effects in the order of the given events. */
  readonly effects: readonly EventEffect[];
}

/**
 * Applies the events to their assets, oldest first, so that the history of an asset is complete and
 * in order.
 * @throws PermanentError for an event that contradicts every asset with one of its ids.
 */
export function reduceEvents(
  locked: readonly Asset[],
  events: readonly MuxEvent[],
): EventReduction {
  const rows = new Map(locked.map((asset) => [asset.id, asset]));
  const affected = new Set<string>();
  const merges: AssetMerge[] = [];
  const detachments: AssetDetachment[] = [];
  const effects = new Map<MuxEvent, EventEffect>();

  for (const event of [...events].sort(byTime)) {
    const match = matchAsset(event, [...rows.values()]);
    if (match === undefined) throw contradiction(event);
    for (const row of match.changed) rows.set(row.id, row);
    for (const { id } of match.changed) affected.add(id);
    detachments.push(...match.detachments);
    const effect = applyTo(match, event);
    const { before, after } = effect;
    for (const { id } of match.duplicates) {
      rows.delete(id);
      affected.delete(id);
      merges.push({ fromId: id, intoId: before.id });
    }
    rows.set(before.id, after);
    affected.add(before.id);
    effects.set(event, effect);
  }
  const finalId = (id: string): string => {
    const merge = merges.find(({ fromId }) => fromId === id);
    return merge === undefined ? id : finalId(merge.intoId);
  };
  return {
    assets: [...rows.values()].filter(({ id }) => affected.has(id)),
    // The target of a merge may itself have been merged into another row.
    merges: merges.map(({ fromId, intoId }) => ({ fromId, intoId: finalId(intoId) })),
    detachments,
    effects: events.map((event) => {
      const effect = effects.get(event) as EventEffect;
      return { ...effect, after: { ...effect.after, id: finalId(effect.after.id) } };
    }),
  };
}

function applyTo({ asset: before, duplicates }: AssetMatch, event: MuxEvent): EventEffect {
  const advanced = advance(duplicates.reduce(join, before), event);
  return { before, event, ...announce(before, advanced, event.occurredAt) };
}

function byTime(one: MuxEvent, other: MuxEvent): number {
  return (
    one.occurredAt.getTime() - other.occurredAt.getTime() || (one.eventId < other.eventId ? -1 : 1)
  );
}

const contradiction = ({ type, asset: { uploadId, assetId } }: MuxEvent) =>
  new PermanentError(
    'contradictory-film',
    `${type} names upload ${uploadId} and asset ${assetId}, which the portal does not combine.`,
  );
