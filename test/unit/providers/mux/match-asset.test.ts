import { expect, test } from '@jest/globals';
import { matchAsset } from '../../../../lambdas/providers/mux/match-asset.ts';
import { reduceEvents } from '../../../../lambdas/providers/mux/reduce-events.ts';
import { PermanentError } from '../../../../lambdas/webhooks/failures.ts';
import { aMuxEvent, anAsset } from '../../../support/providers/assets.ts';

const id1 = '11111111-1111-4111-8111-111111111111';
const id2 = '22222222-2222-4222-8222-222222222222';
const id3 = '33333333-3333-4333-8333-333333333333';
const owner = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const identifiers = (assetId: string | null, uploadId: string | null, portalId: string | null) => ({
  assetId,
  uploadId,
  portalId,
});

test.each([
  ['its asset id', identifiers('a', null, null), anAsset({ muxAssetId: 'a' })],
  ['its upload id', identifiers('a', 'u', null), anAsset({ muxUploadId: 'u' })],
  ['its passthrough', identifiers('a', 'u', id1), anAsset({ id: id1 })],
])('finds an asset by %s', (_, named, asset) => {
  expect(matchAsset(named, [anAsset({ id: id3, muxAssetId: 'other' }), asset])?.asset).toBe(asset);
});

test.each([
  [
    'another asset of Mux with the same passthrough',
    identifiers('a2', null, id1),
    anAsset({ id: id1, muxAssetId: 'a1' }),
  ],
  [
    'another upload for the same asset',
    identifiers('a', 'u2', null),
    anAsset({ muxAssetId: 'a', muxUploadId: 'u1' }),
  ],
])('does not match %s', (_, named, asset) => {
  expect(matchAsset(named, [asset])).toBeUndefined();
});

test('merges a row of an unknown asset into the row of the portal', () => {
  const stray = anAsset({
    id: id1,
    muxAssetId: 'a',
    status: 'ready',
    statusAt: new Date(),
    statusEventId: 'e',
  });
  const ours = anAsset({ id: id2, ownerId: owner, muxUploadId: 'u' });

  expect(matchAsset(identifiers('a', 'u', null), [stray, ours])).toEqual({
    asset: ours,
    duplicates: [stray],
  });
});

test('never merges rows of two owners', () => {
  const ours = anAsset({ id: id1, ownerId: owner, muxAssetId: 'a' });
  const theirs = anAsset({ id: id2, ownerId: owner.replaceAll('a', 'b') });

  expect(matchAsset(identifiers('a', null, id2), [theirs, ours])).toEqual({
    asset: ours,
    duplicates: [],
  });
});

test('merges three rows of one asset in two steps', () => {
  const rows = [
    anAsset({ id: id1, muxAssetId: 'a' }),
    anAsset({ id: id2, muxUploadId: 'u' }),
    anAsset({ id: id3, ownerId: owner }),
  ];
  const early = aMuxEvent({
    eventId: 'e1',
    target: 'processing',
    asset: identifiers('a', 'u', null),
    occurredAt: new Date(1),
  });
  const late = aMuxEvent({
    eventId: 'e2',
    target: 'ready',
    asset: identifiers('a', null, id3),
    occurredAt: new Date(2),
  });

  const { assets, merges, effects } = reduceEvents(rows, [late, early]);

  expect(assets).toEqual([
    expect.objectContaining({ id: id3, status: 'ready', muxAssetId: 'a', muxUploadId: 'u' }),
  ]);
  expect(merges).toEqual([
    { fromId: id2, intoId: id3 },
    { fromId: id1, intoId: id3 },
  ]);
  expect(effects.map(({ event, after }) => [event.eventId, after.id])).toEqual([
    ['e2', id3],
    ['e1', id3],
  ]);
});

test('throws a PermanentError for an event that contradicts every row it names', () => {
  const rows = [anAsset({ muxAssetId: 'a1', muxUploadId: 'u' })];

  expect(() => reduceEvents(rows, [aMuxEvent({ asset: identifiers('a2', 'u', null) })])).toThrow(
    PermanentError,
  );
});
