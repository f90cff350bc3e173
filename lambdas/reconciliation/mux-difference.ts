import { reconciledEventId } from '../webhooks/reconciled-id.ts';
import { toBody } from './event-body.ts';
import type { MuxState } from './mux-reads-api.ts';
import type { UnfinishedAsset } from './unfinished-assets.queries.ts';

/** An event that reports a state of Mux which the portal does not have. */
export interface DerivedMuxEvent {
  readonly eventId: string;
  readonly type: string;
  readonly body: string;
}

/** State of a video at Mux. `unknown`: this environment has neither its upload nor asset. */
export type MuxObservation =
  | { readonly object: 'upload'; readonly state: MuxState }
  | {
      readonly object: 'asset';
      readonly state: MuxState;
      readonly uploadId: string | null;
    }
  | { readonly object: 'deleted'; readonly assetId: string; readonly uploadId: string }
  | { readonly object: 'unknown' };

const assetTypes: Readonly<Record<string, string>> = {
  preparing: 'video.asset.created',
  ready: 'video.asset.ready',
  errored: 'video.asset.errored',
};

const uploadTypes: Readonly<Record<string, string>> = {
  cancelled: 'video.upload.cancelled',
  errored: 'video.upload.errored',
};

/**
 * Returns the event that moves the video to the state at Mux; undefined if the portal has that
 * state, or if Mux has no event for it. The id depends only on the state.
 * @param observedAt Time before the state was read, so that a later event of Mux supersedes it.
 */
export function deriveMuxEvent(
  video: Pick<UnfinishedAsset, 'status'>,
  observation: MuxObservation,
  observedAt: Date,
): DerivedMuxEvent | undefined {
  switch (observation.object) {
    case 'unknown':
      return undefined;
    case 'deleted': {
      const { assetId: id, uploadId: upload_id } = observation;
      return toEvent('video.asset.deleted', { id, upload_id }, observedAt);
    }
    case 'upload': {
      const { url: _, ...state } = observation.state;
      const type = uploadTypes[String(state['status'])];
      const isKnown = type === 'video.upload.cancelled' && video.status === 'cancelled';
      return type === undefined || isKnown ? undefined : toEvent(type, state, observedAt);
    }
    case 'asset': {
      const { state, uploadId } = observation;
      const type = assetTypes[String(state['status'])];
      const isKnown = state['status'] === 'preparing' && video.status === 'processing';
      // The upload led to the asset, so it belongs to it even if the asset does not name it.
      const data = { ...state, upload_id: state['upload_id'] ?? uploadId };
      return type === undefined || isKnown ? undefined : toEvent(type, data, observedAt);
    }
  }
}

function toEvent(type: string, data: MuxState, observedAt: Date): DerivedMuxEvent {
  const id = String(data['id']);
  const object = { type: type.split('.')[1], id };
  const eventId = reconciledEventId('mux', type, id);
  const body = { type, id: eventId, created_at: observedAt.toISOString(), object, data };
  return { eventId, type, body: toBody(eventId, body) };
}
