import { asItIs, type LoggedFields, onlyUuid, withoutQuery } from '../../webhooks/payload-allowlist.ts';

/** No title, as a member wrote it; no playback id, as that of a public film is all that it takes to watch it. */
export const loggedMuxFields: LoggedFields = {
  created_at: asItIs,
  environment: { name: asItIs },
  data: {
    id: asItIs,
    upload_id: asItIs,
    asset_id: asItIs,
    status: asItIs,
    passthrough: onlyUuid,
    new_asset_settings: { passthrough: onlyUuid },
    playback_ids: { policy: asItIs },
    duration: asItIs,
    aspect_ratio: asItIs,
    errors: { type: asItIs },
    url: withoutQuery,
  },
};
