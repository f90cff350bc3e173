import {
  type PayloadAllowlist,
  uuidOnly,
  verbatim,
  withoutQuery,
} from '../../webhooks/payload-allowlist.ts';

/**
 * Omits titles, which members write, and playback ids, since a public one is enough to watch the
 * video.
 */
export const muxPayloadAllowlist: PayloadAllowlist = {
  created_at: verbatim,
  environment: { name: verbatim },
  data: {
    id: verbatim,
    upload_id: verbatim,
    asset_id: verbatim,
    status: verbatim,
    passthrough: uuidOnly,
    new_asset_settings: { passthrough: uuidOnly },
    playback_ids: { policy: verbatim },
    duration: verbatim,
    aspect_ratio: verbatim,
    errors: { type: verbatim },
    url: withoutQuery,
  },
};
