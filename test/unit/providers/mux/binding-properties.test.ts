import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Asset, holdsIdOf } from '../../../../lambdas/assets/assets.queries.ts';
import type { MuxEvent, Target } from '../../../../lambdas/providers/mux/events.ts';
import { reduceEvents } from '../../../../lambdas/providers/mux/reduce-events.ts';
import { aMuxEvent, anAsset } from '../../../support/providers/assets.ts';

const rowIds = ['11111111', '22222222', '33333333'].map(
  (start) => `${start}-1111-4111-8111-111111111111`,
);
const ownerId = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';

/** The first two rows know their upload; the third does not. */
const portalRows = rowIds.map((id, index) =>
  anAsset({ id, ownerId, muxUploadId: index < 2 ? `u${index}` : null }),
);

/** Assets of Mux: one for each upload, and others that carry the passthrough of a row. */
const muxAssets = [
  { assetId: 'a0', uploadId: 'u0', portalId: rowIds[0], derived: false },
  { assetId: 'a1', uploadId: 'u1', portalId: rowIds[1], derived: false },
  { assetId: 'clip', uploadId: null, portalId: null, derived: true },
  { assetId: 'replacement', uploadId: null, portalId: rowIds[0], derived: false },
  { assetId: 'second', uploadId: 'u-second', portalId: rowIds[1], derived: false },
  { assetId: 'imported', uploadId: null, portalId: rowIds[2], derived: false },
  { assetId: 'imported-again', uploadId: null, portalId: rowIds[2], derived: false },
  { assetId: 'uploaded', uploadId: 'u-uploaded', portalId: rowIds[2], derived: false },
] as const;

const targets: readonly Target[] = ['processing', 'cancelled', 'ready', 'failed', 'deleted'];

const anyEvent = fc.record({
  mux: fc.constantFrom(...muxAssets),
  names: fc.constantFrom('both', 'asset', 'upload'),
  withPassthrough: fc.boolean(),
  target: fc.constantFrom(...targets),
  second: fc.integer({ min: 0, max: 5 }),
});

const histories = fc.array(anyEvent, { minLength: 1, maxLength: 12 }).map((events) =>
  events.map(({ mux, names, withPassthrough, target, second }, index): MuxEvent => {
    const { assetId, uploadId, portalId, derived } = mux;
    return aMuxEvent({
      eventId: `event-${index}`,
      target,
      occurredAt: new Date(Date.UTC(2026, 2, 1, 10, 0, second)),
      derived,
      playbackIds: target === 'ready' ? [{ id: `playback-${assetId}`, policy: 'signed' }] : [],
      failureReason: target === 'failed' ? `reason-${assetId}` : null,
      asset: {
        assetId: names === 'upload' && uploadId !== null ? null : assetId,
        uploadId: names === 'asset' ? null : uploadId,
        portalId: withPassthrough ? (portalId ?? null) : null,
      },
    });
  }),
);

const shuffled = histories.chain((events) =>
  fc.tuple(
    fc.constant(events),
    fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
    fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
  ),
);

/** Applies batches to rows as Postgres does: unknown assets get a row without an owner first. */
function applyBatches(events: readonly MuxEvent[], sizes: Iterator<number>): readonly Asset[] {
  let rows: readonly Asset[] = portalRows;
  for (let start = 0; start < events.length; ) {
    const batch = events.slice(start, start + (sizes.next().value as number));
    start += batch.length;
    const withUnknown = batch.reduce(addUnknown, rows);
    const { assets, merges } = reduceEvents(withUnknown, batch);
    const gone = new Set([...merges.map(({ fromId }) => fromId), ...assets.map(({ id }) => id)]);
    rows = [...withUnknown.filter(({ id }) => !gone.has(id)), ...assets];
  }
  return rows;
}

function addUnknown(rows: readonly Asset[], { asset, eventId }: MuxEvent): readonly Asset[] {
  if (rows.some((row) => holdsIdOf(row, asset))) return rows;
  const { assetId, uploadId } = asset;
  const unknown = anAsset({ id: `row-${eventId}`, muxAssetId: assetId, muxUploadId: uploadId });
  return [...rows, unknown];
}

const oneByOne = function* () {
  while (true) yield 1;
};

const unannounced = { readyAnnouncedAt: null, endAnnouncedAt: null };

/** Leaves out the id of a row without an owner, and announcements, which follow the arrival. */
const comparable = (rows: readonly Asset[]) =>
  rows
    .map((row) => ({ ...row, ...unannounced, id: row.ownerId === null ? 'unowned' : row.id }))
    .map((row) => JSON.stringify(Object.entries(row).sort()))
    .sort();

test('binds and advances the same for any order of events and any batches', () => {
  fc.assert(
    fc.property(shuffled, ([events, others, sizes]) => {
      expect(comparable(applyBatches(others, sizes))).toEqual(
        comparable(applyBatches(events, oneByOne())),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('never lets another asset take over, fail or announce a row with its own upload', () => {
  fc.assert(
    fc.property(shuffled, ([, events, sizes]) => {
      const rows = applyBatches(events, sizes);
      for (const [index, id] of rowIds.slice(0, 2).entries()) {
        const row = rows.find((one) => one.id === id) as Asset;
        const own = events.filter(
          ({ asset }) => asset.assetId === `a${index}` || asset.uploadId === `u${index}`,
        );

        expect([null, `a${index}`]).toContain(row.muxAssetId);
        expect(row.muxUploadId).toBe(`u${index}`);
        expect([null, `playback-a${index}`]).toContain(row.playbackId);
        if (own.length === 0) expect(row).toEqual(portalRows[index]);
      }
    }),
    { numRuns: 500 },
  );
});

test('binds a row without an upload to the asset whose passthrough named it first', () => {
  fc.assert(
    fc.property(shuffled, ([, events, sizes]) => {
      const row = applyBatches(events, sizes).find(({ id }) => id === rowIds[2]) as Asset;
      const first = events
        .filter(({ asset }) => asset.portalId === rowIds[2])
        .sort(
          (one, other) =>
            one.occurredAt.getTime() - other.occurredAt.getTime() ||
            (one.eventId < other.eventId ? -1 : 1),
        )[0];

      expect(row.boundEventId).toBe(first?.eventId ?? null);
      if (first !== undefined) expect(holdsIdOf(row, first.asset)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
