import { createHash, randomBytes } from 'node:crypto';

/** Asset in Mux's records: the ids from Mux and the settings from the upload request. */
export interface MuxAsset {
  readonly uploadId: string;
  readonly assetId: string;
  /** Asset id of the portal; part of every event. */
  readonly passthrough: string;
  readonly title: string;
  readonly creatorId: string;
}

export interface MuxEvent {
  readonly type: string;
  readonly id: string;
  readonly created_at: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

type BuildData = (asset: MuxAsset, at: Date) => Record<string, unknown>;

interface EventKind {
  readonly object: 'asset' | 'upload' | 'live';
  readonly data: BuildData;
}

const unixSeconds = (at: Date) => Math.floor(at.getTime() / 1000);

/** Returns an opaque id of the length that Mux uses; the same id for the same seed. */
export function muxId(seed: string, length = 44): string {
  return createHash('sha512')
    .update(seed)
    .digest('base64')
    .replaceAll(/[+/=]/g, '0')
    .slice(0, length);
}

const assetSettings = ({ passthrough, title, creatorId }: MuxAsset) => ({
  passthrough,
  meta: { external_id: passthrough, creator_id: creatorId, title },
});

const uploadData: BuildData = (asset) => ({
  id: asset.uploadId,
  timeout: 3600,
  cors_origin: 'https://portal.motion-mavericks.example',
  new_asset_settings: { playback_policies: ['signed'], ...assetSettings(asset) },
});

const assetData: BuildData = (asset, at) => ({
  id: asset.assetId,
  upload_id: asset.uploadId,
  created_at: unixSeconds(at),
  playback_ids: [{ policy: 'signed', id: muxId(`playback ${asset.assetId}`, 46) }],
  ...assetSettings(asset),
  mp4_support: 'none',
  master_access: 'none',
  max_resolution_tier: '1080p',
  video_quality: 'plus',
  encoding_tier: 'smart',
  ingest_type: 'on_demand_direct_upload',
});

const readyAssetData: BuildData = (asset, at) => ({
  ...assetData(asset, at),
  status: 'ready',
  duration: 12.5,
  aspect_ratio: '16:9',
  resolution_tier: '1080p',
  max_stored_resolution: 'HD',
  max_stored_frame_rate: 30,
  progress: { state: 'completed', progress: 100 },
  tracks: [
    {
      type: 'video',
      id: muxId(`video ${asset.assetId}`, 46),
      duration: 12.5,
      max_width: 1920,
      max_height: 1080,
      max_frame_rate: 30,
    },
    {
      type: 'audio',
      id: muxId(`audio ${asset.assetId}`, 46),
      status: 'ready',
      primary: true,
      duration: 12.5,
      max_channels: 2,
    },
  ],
});

const uploadUrl = ({ uploadId }: MuxAsset, at: Date) =>
  'https://storage.googleapis.com/video-storage-us-east1-uploads/' +
  `${uploadId}?Expires=${unixSeconds(at) + 3600}&Signature=local&upload_id=local`;

/** The body of a live stream contains keys with which anybody could broadcast. */
const liveStreamData: BuildData = ({ assetId }, at) => ({
  id: muxId(`live ${assetId}`),
  status: 'idle',
  stream_key: muxId(`key ${assetId}`, 36),
  srt_passphrase: muxId(`srt ${assetId}`, 32),
  simulcast_targets: [{ id: muxId('target', 24), stream_key: muxId(`target ${assetId}`, 36) }],
  playback_ids: [{ id: muxId(`live playback ${assetId}`), policy: 'public' }],
  created_at: unixSeconds(at),
});

/** Event types of the sandbox. Mux sends the last two as well, but the portal ignores them. */
const events: Readonly<Record<string, EventKind>> = {
  'video.upload.created': {
    object: 'upload',
    data: (asset, at) => ({
      ...uploadData(asset, at),
      status: 'waiting',
      url: uploadUrl(asset, at),
    }),
  },
  'video.upload.asset_created': {
    object: 'upload',
    data: (asset, at) => ({
      ...uploadData(asset, at),
      status: 'asset_created',
      asset_id: asset.assetId,
    }),
  },
  'video.upload.cancelled': {
    object: 'upload',
    data: (asset, at) => ({ ...uploadData(asset, at), status: 'cancelled' }),
  },
  'video.upload.errored': {
    object: 'upload',
    data: (asset, at) => ({
      ...uploadData(asset, at),
      status: 'errored',
      error: { type: 'invalid_input', message: 'The file provided could not be processed.' },
    }),
  },
  'video.asset.created': {
    object: 'asset',
    data: (asset, at) => ({
      ...assetData(asset, at),
      status: 'preparing',
      progress: { state: 'ingesting', progress: 0 },
    }),
  },
  'video.asset.ready': { object: 'asset', data: readyAssetData },
  'video.asset.errored': {
    object: 'asset',
    data: (asset, at) => ({
      ...assetData(asset, at),
      status: 'errored',
      progress: { state: 'errored', progress: -1 },
      errors: { type: 'invalid_input', messages: ['The file is not a video that Mux can read.'] },
    }),
  },
  'video.asset.deleted': {
    object: 'asset',
    data: (asset, at) => ({ ...assetData(asset, at), status: 'ready' }),
  },
  'video.asset.updated': { object: 'asset', data: readyAssetData },
  'video.asset.static_rendition.ready': {
    object: 'asset',
    data: (asset, at) => ({
      ...readyAssetData(asset, at),
      static_renditions: { status: 'ready', files: [] },
    }),
  },
  'video.live_stream.updated': { object: 'live', data: liveStreamData },
};

export const muxEventTypes: readonly string[] = Object.keys(events);

/**
 * Builds the body that Mux posts, with no earlier attempts.
 * @param at Time of the event.
 * @param changes Replaces fields of `data`, for example `source_asset_id` for a clip.
 */
export function muxEvent(
  type: string,
  asset: MuxAsset,
  at: Date,
  changes: Readonly<Record<string, unknown>> = {},
): MuxEvent {
  const known = events[type];
  if (known === undefined) throw new Error(`The sandbox has no event type ${type}.`);
  const data = { ...known.data(asset, at), ...changes };
  return {
    type,
    request_id: null,
    object: { type: known.object, id: data['id'] },
    id: randomEventId(),
    environment: { name: 'Development', id: 'dvlv0o' },
    data,
    // Mux writes microseconds.
    created_at: at.toISOString().replace('Z', '000Z'),
    attempts: [],
    accessor_source: null,
    accessor: null,
  };
}

/** Returns an id like Mux's event ids: the format of a UUID, with no version or variant. */
function randomEventId(): string {
  return randomBytes(16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
