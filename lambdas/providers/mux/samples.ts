const asset = {
  id: 'sampleAsset00000000000000000000000000000000',
  upload_id: 'sampleUpload0000000000000000000000000000000',
  passthrough: '20000000-0000-4000-8000-000000000001',
};
const upload = {
  id: asset.upload_id,
  new_asset_settings: { passthrough: asset.passthrough },
};

/** `data` of one event of each applied type. */
export const muxSamples = {
  'video.upload.asset_created': { ...upload, status: 'asset_created', asset_id: asset.id },
  'video.upload.cancelled': { ...upload, status: 'cancelled' },
  'video.upload.errored': {
    ...upload,
    status: 'errored',
    error: { type: 'invalid_input', message: 'The file is not a video.' },
  },
  'video.asset.created': { ...asset, status: 'preparing' },
  'video.asset.ready': {
    ...asset,
    status: 'ready',
    playback_ids: [{ id: 'samplePlayback', policy: 'signed' }],
    duration: 12.5,
    aspect_ratio: '16:9',
  },
  'video.asset.updated': {
    ...asset,
    status: 'ready',
    playback_ids: [{ id: 'samplePlayback', policy: 'public' }],
  },
  'video.asset.errored': { ...asset, status: 'errored', errors: { type: 'invalid_input' } },
  'video.asset.deleted': { ...asset, status: 'ready' },
};
