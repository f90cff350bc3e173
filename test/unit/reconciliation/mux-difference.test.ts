import { expect, test } from '@jest/globals';
import { parseMuxEvent } from '../../../lambdas/providers/mux/events.ts';
import {
  deriveMuxEvent,
  type MuxObservation,
} from '../../../lambdas/reconciliation/mux-difference.ts';
import type { UnfinishedAsset } from '../../../lambdas/reconciliation/unfinished-assets.queries.ts';

const at = new Date('2026-11-28T12:00:00.000Z');
const passthrough = '10000000-0000-4000-8000-000000000001';
const anAsset = (status: string, fields: object = {}): MuxObservation => ({
  object: 'asset',
  state: { id: 'asset-1', status, passthrough, ...fields },
  uploadId: 'upload-1',
});
const anUpload = (status: string): MuxObservation => ({
  object: 'upload',
  state: { id: 'upload-1', status, url: 'https://storage.example/?signature=x' },
});
const derive = (status: UnfinishedAsset['status'], observation: MuxObservation) =>
  deriveMuxEvent({ status }, observation, at);

test.each([
  ['processing', anAsset('ready'), 'video.asset.ready'],
  ['awaiting-upload', anAsset('ready'), 'video.asset.ready'],
  ['processing', anAsset('errored'), 'video.asset.errored'],
  ['awaiting-upload', anAsset('preparing'), 'video.asset.created'],
  ['cancelled', anAsset('preparing'), 'video.asset.created'],
  ['processing', anAsset('preparing'), undefined],
  ['processing', anAsset('a-new-status'), undefined],
  ['awaiting-upload', anUpload('waiting'), undefined],
  ['awaiting-upload', anUpload('timed_out'), undefined],
  ['awaiting-upload', anUpload('errored'), 'video.upload.errored'],
  ['awaiting-upload', anUpload('cancelled'), 'video.upload.cancelled'],
  ['cancelled', anUpload('cancelled'), undefined],
  ['processing', { object: 'unknown' }, undefined],
  [
    'processing',
    { object: 'deleted', assetId: 'asset-1', uploadId: 'upload-1' },
    'video.asset.deleted',
  ],
] as const)('a video that is %s with %j at Mux is %s', (status, observation, type) => {
  const event = derive(status, observation);

  expect(event?.type).toBe(type);
  if (event === undefined) return;
  expect(parseMuxEvent(event.eventId, event.type, event.body)).toMatchObject({
    eventId: event.eventId,
    occurredAt: at,
    asset: { uploadId: 'upload-1' },
  });
});

test('the id depends on the state alone', () => {
  const ready = derive('processing', anAsset('ready'));
  const later = deriveMuxEvent({ status: 'awaiting-upload' }, anAsset('ready'), new Date(0));
  const errored = derive('processing', anAsset('errored'));

  expect(ready?.eventId).toMatch(/^reconciled-/);
  expect(later?.eventId).toBe(ready?.eventId);
  expect(errored?.eventId).not.toBe(ready?.eventId);
});

test('leaves out the URL with which anybody could upload', () => {
  expect(derive('awaiting-upload', anUpload('errored'))?.body).not.toContain('signature');
});
