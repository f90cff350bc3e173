import {
  hostOnly,
  idOnly,
  type PayloadAllowlist,
  ratioOnly,
  redacted,
  timeOnly,
  uuidOnly,
  wordOnly,
} from '../../webhooks/payload-allowlist.ts';

/**
 * Omits titles, which members write, and playback ids, since a public one is enough to watch the
 * video.
 */
export const muxPayloadAllowlist: PayloadAllowlist = {
  created_at: timeOnly,
  environment: { name: wordOnly },
  data: {
    id: idOnly,
    upload_id: idOnly,
    asset_id: idOnly,
    status: wordOnly,
    passthrough: uuidOnly,
    new_asset_settings: { passthrough: uuidOnly },
    playback_ids: { policy: wordOnly },
    duration: wordOnly,
    aspect_ratio: ratioOnly,
    errors: { type: wordOnly },
    url: hostOnly,
  },
};

/**
 * Fields that `parseMuxEvent` reads. The ledger keeps these of an applied event, so that a replay
 * has the same effects.
 */
export const muxReplayFields: PayloadAllowlist = {
  type: redacted,
  id: redacted,
  created_at: timeOnly,
  data: {
    id: redacted,
    upload_id: redacted,
    asset_id: redacted,
    source_asset_id: redacted,
    live_stream_id: redacted,
    is_live: wordOnly,
    ingest_type: redacted,
    status: redacted,
    passthrough: uuidOnly,
    new_asset_settings: { passthrough: uuidOnly },
    playback_ids: { id: idOnly, policy: wordOnly },
    duration: wordOnly,
    aspect_ratio: ratioOnly,
    errors: { type: redacted, messages: redacted },
    error: { type: redacted, message: redacted },
  },
};
