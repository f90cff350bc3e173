import { createHash, randomBytes } from 'node:crypto';

/** What Mux knows of a film of the portal's: the ids it gave, and what it was handed when the upload was made. */
export interface MuxFilm {
  readonly uploadId: string;
  readonly assetId: string;
  /** The portal's own id, which comes back with every event. */
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

type Data = (film: MuxFilm, at: Date) => Record<string, unknown>;

const unixSeconds = (at: Date) => Math.floor(at.getTime() / 1000);

/** Opaque ids of the length that Mux gives, the same for the same film each time. */
export function muxId(seed: string, length = 44): string {
  return createHash('sha512')
    .update(seed)
    .digest('base64')
    .replaceAll(/[+/=]/g, '0')
    .slice(0, length);
}

const settings = ({ passthrough, title, creatorId }: MuxFilm) => ({
  passthrough,
  meta: { external_id: passthrough, creator_id: creatorId, title },
});

const upload: Data = (film) => ({
  id: film.uploadId,
  timeout: 3600,
  cors_origin: 'https://portal.motion-mavericks.example',
  new_asset_settings: { playback_policies: ['signed'], ...settings(film) },
});

const asset: Data = (film, at) => ({
  id: film.assetId,
  upload_id: film.uploadId,
  created_at: unixSeconds(at),
  playback_ids: [{ policy: 'signed', id: muxId(`playback ${film.assetId}`, 46) }],
  ...settings(film),
  mp4_support: 'none',
  master_access: 'none',
  max_resolution_tier: '1080p',
  video_quality: 'plus',
  encoding_tier: 'smart',
  ingest_type: 'on_demand_direct_upload',
});

const readyAsset: Data = (film, at) => ({
  ...asset(film, at),
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
      id: muxId(`video ${film.assetId}`, 46),
      duration: 12.5,
      max_width: 1920,
      max_height: 1080,
      max_frame_rate: 30,
    },
    {
      type: 'audio',
      id: muxId(`audio ${film.assetId}`, 46),
      status: 'ready',
      primary: true,
      duration: 12.5,
      max_channels: 2,
    },
  ],
});

/** The types that the sandbox can send. The last two are genuine too, and nothing that the portal acts on. */
const events: Readonly<
  Record<string, { readonly object: 'asset' | 'upload'; readonly data: Data }>
> = {
  'video.upload.created': {
    object: 'upload',
    data: (film, at) => ({
      ...upload(film, at),
      status: 'waiting',
      url: `https://storage.googleapis.com/video-storage-us-east1-uploads/${film.uploadId}?Expires=${unixSeconds(at) + 3600}&Signature=local&upload_id=local`,
    }),
  },
  'video.upload.asset_created': {
    object: 'upload',
    data: (film, at) => ({ ...upload(film, at), status: 'asset_created', asset_id: film.assetId }),
  },
  'video.upload.cancelled': {
    object: 'upload',
    data: (film, at) => ({ ...upload(film, at), status: 'cancelled' }),
  },
  'video.upload.errored': {
    object: 'upload',
    data: (film, at) => ({
      ...upload(film, at),
      status: 'errored',
      error: { type: 'invalid_input', message: 'The file provided could not be processed.' },
    }),
  },
  'video.asset.created': {
    object: 'asset',
    data: (film, at) => ({
      ...asset(film, at),
      status: 'preparing',
      progress: { state: 'ingesting', progress: 0 },
    }),
  },
  'video.asset.ready': { object: 'asset', data: readyAsset },
  'video.asset.errored': {
    object: 'asset',
    data: (film, at) => ({
      ...asset(film, at),
      status: 'errored',
      progress: { state: 'errored', progress: -1 },
      errors: { type: 'invalid_input', messages: ['The file is not a video that Mux can read.'] },
    }),
  },
  'video.asset.deleted': {
    object: 'asset',
    data: (film, at) => ({ ...asset(film, at), status: 'ready' }),
  },
  'video.asset.updated': { object: 'asset', data: readyAsset },
  'video.asset.static_rendition.ready': {
    object: 'asset',
    data: (film, at) => ({
      ...readyAsset(film, at),
      static_renditions: { status: 'ready', files: [] },
    }),
  },
};

export const muxEventTypes: readonly string[] = Object.keys(events);

/** The body that Mux would post, but for its attempts. @param at When it happened at Mux. */
export function muxEvent(type: string, film: MuxFilm, at: Date): MuxEvent {
  const known = events[type];
  if (known === undefined) throw new Error(`The sandbox cannot make ${type}.`);
  const data = known.data(film, at);
  return {
    type,
    request_id: null,
    object: { type: known.object, id: data['id'] },
    id: guid(),
    environment: { name: 'Development', id: 'dvlv0o' },
    data,
    // Microseconds, as in Mux's own bodies.
    created_at: at.toISOString().replace('Z', '000Z'),
    attempts: [],
    accessor_source: null,
    accessor: null,
  };
}

/** Mux's ids have the shape of a UUID, and no version or variant. */
function guid(): string {
  return randomBytes(16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
