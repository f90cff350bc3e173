import { expect, test } from '@jest/globals';
import type { Asset, AssetIdentifiers } from '../../../../lambdas/assets/assets.queries.ts';
import type { MuxEvent } from '../../../../lambdas/providers/mux/events.ts';
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

const ours = (asset: Partial<Asset> = {}) => anAsset({ id: id1, ownerId: owner, ...asset });
const stray = (asset: Partial<Asset> = {}) => anAsset({ id: id3, ...asset });
const match = (asset: AssetIdentifiers, rows: readonly Asset[], event: Partial<MuxEvent> = {}) =>
  matchAsset(aMuxEvent({ ...event, asset }), rows);

test.each([
  ['its asset id', identifiers('a', null, null), ours({ muxAssetId: 'a' })],
  ['its upload id', identifiers('a', 'u', null), ours({ muxUploadId: 'u' })],
  ['its passthrough', identifiers('a', 'u', id1), ours()],
])('finds an asset by %s', (_, named, asset) => {
  expect(match(named, [stray({ muxAssetId: 'other' }), asset])?.asset.id).toBe(asset.id);
});

test.each([
  [
    'a contradicting upload',
    identifiers('a', 'u2', null),
    stray({ muxAssetId: 'a', muxUploadId: 'u1' }),
  ],
  [
    'a second asset of a confirmed upload',
    identifiers('a2', 'u', null),
    ours({ muxAssetId: 'a1', muxUploadId: 'u', binding: 'upload' }),
  ],
])('does not match %s', (_, named, asset) => {
  expect(match(named, [asset])).toBeUndefined();
});

test.each([
  ['whose upload is known', { muxUploadId: 'u' }],
  ['whose upload and asset are known', { muxUploadId: 'u', muxAssetId: 'a', binding: 'upload' }],
  ['that an operator bound', { muxAssetId: 'a', binding: 'operator' }],
  ['that is older than the column binding', { muxAssetId: 'a' }],
] as const)('does not bind a row %s by a passthrough alone', (_, known) => {
  const other = stray({ muxAssetId: 'replacement' });

  expect(match(identifiers('replacement', null, id1), [ours(known), other])).toMatchObject({
    asset: { id: id3 },
    duplicates: [],
    detachments: [],
  });
});

test('merges a row of an unknown asset into the row of the portal', () => {
  const unknown = stray({ muxAssetId: 'a', status: 'ready', statusEventId: 'e' });

  expect(match(identifiers('a', 'u', null), [unknown, ours({ muxUploadId: 'u' })])).toEqual({
    asset: ours({ muxUploadId: 'u', binding: 'upload' }),
    duplicates: [unknown],
    changed: [],
    detachments: [],
  });
});

test('never merges rows of two owners', () => {
  const theirs = anAsset({ id: id2, ownerId: owner.replaceAll('a', 'b') });

  expect(match(identifiers('a', null, id2), [theirs, ours({ muxAssetId: 'a' })])).toMatchObject({
    asset: { id: id1 },
    duplicates: [],
  });
});

test("repairs a row that was bound to a clip once an event names the row's own upload", () => {
  const wrong = ours({
    muxUploadId: 'u',
    muxAssetId: 'clip',
    status: 'failed',
    failureReason: 'x',
  });

  const result = match(identifiers('a', 'u', id1), [wrong]);

  expect(result?.asset).toEqual(ours({ muxUploadId: 'u', binding: 'upload' }));
  expect(result?.detachments).toEqual([
    { fromId: id1, toId: expect.any(String), muxAssetId: 'clip', muxUploadId: 'u' },
  ]);
  expect(result?.changed).toContainEqual(
    expect.objectContaining({
      ownerId: null,
      muxAssetId: 'clip',
      muxUploadId: null,
      status: 'failed',
    }),
  );
});

test.each([
  ['a clip', { derived: true }, null],
  ['the asset of another upload', {}, 'u2'],
])('repairs a row that was bound to %s once its own event shows that', (_, event, uploadId) => {
  const wrong = ours({ muxUploadId: 'u', muxAssetId: 'other', status: 'ready' });

  const result = match(identifiers('other', uploadId, null), [wrong], event);

  expect(result?.asset).toMatchObject({ ownerId: null, muxAssetId: 'other', status: 'ready' });
  expect(result?.changed[0]).toEqual(ours({ muxUploadId: 'u' }));
});

test('gives an asset to the row with its upload, though a passthrough bound another row', () => {
  const byPassthrough = anAsset({
    id: id2,
    ownerId: owner,
    muxAssetId: 'a',
    binding: 'passthrough',
    status: 'processing',
  });

  const result = match(identifiers('a', 'u', id2), [byPassthrough, ours({ muxUploadId: 'u' })]);

  expect(result).toMatchObject({
    asset: { id: id1, binding: 'upload' },
    duplicates: [{ muxAssetId: 'a', ownerId: null, status: 'processing' }],
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
