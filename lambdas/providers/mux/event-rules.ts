import { applies, type EventRule, ignores, typesOf } from '../event-rule.ts';

const robotsJobs = [
  'ask_questions',
  'edit_captions',
  'find_best_thumbnails',
  'find_key_moments',
  'find_scenes',
  'generate_chapters',
  'generate_engagement_insights',
  'generate_premium_captions',
  'moderate',
  'summarize',
  'translate_audio',
  'translate_captions',
];

/** Lists every event type of Mux. A test compares the list with the types of @mux/mux-node. */
export const muxEventRules: readonly EventRule[] = [
  applies(
    'Processing. Binds the asset of Mux to the row that has its upload',
    'video.upload.asset_created',
    'video.asset.created',
  ),
  applies(
    'Ready. Stores playback id and URL, and announces the video once it has a playback id that ' +
      'the portal can use',
    'video.asset.ready',
  ),
  applies(
    'Follows the status in the body. Replaces playback id, policy and URL, or removes them',
    'video.asset.updated',
  ),
  applies(
    'Failed, with the reason. Notifies the owner and the admins once',
    'video.asset.errored',
    'video.upload.errored',
  ),
  applies('Cancelled. Notifies the owner once', 'video.upload.cancelled'),
  applies('Deleted. Removes the playback URL', 'video.asset.deleted'),
  ignores('The portal created the upload, so its row exists', 'video.upload.created'),
  ignores(
    'Mux processes the file anyway; a failure is reported by video.asset.errored',
    'video.asset.warning',
    'video.asset.non_standard_input_detected',
  ),
  ignores(
    'The portal plays the HLS stream and offers no downloads',
    ...typesOf('video.asset.static_rendition', 'created', 'ready', 'errored', 'deleted', 'skipped'),
    ...typesOf('video.asset.static_renditions', 'preparing', 'ready', 'errored', 'deleted'),
    ...typesOf('video.asset.master', 'preparing', 'ready', 'errored', 'deleted'),
  ),
  ignores(
    'The player reads subtitles and audio tracks from the HLS stream',
    ...typesOf('video.asset.track', 'created', 'ready', 'errored', 'deleted'),
  ),
  ignores(
    'The portal does not use shot detection',
    ...typesOf('video.asset.shots', 'created', 'ready', 'skipped', 'errored', 'deleted'),
  ),
  ignores(
    'The portal has no live streams. Bodies contain stream keys, which are not stored',
    'video.asset.live_stream_completed',
    ...typesOf('video.live_stream', 'created', 'connected', 'recording', 'active', 'idle'),
    ...typesOf('video.live_stream', 'disconnected', 'updated', 'enabled', 'disabled', 'deleted'),
    'video.live_stream.warning',
    ...typesOf('video.live_stream.simulcast_target', 'created', 'idle', 'starting'),
    ...typesOf('video.live_stream.simulcast_target', 'broadcasting', 'errored', 'deleted'),
    'video.live_stream.simulcast_target.updated',
  ),
  ignores('Concerns the bill of the Mux account and no video', 'video.delivery.high_traffic'),
  ignores(
    'The portal does not use Mux Robots',
    ...typesOf('robots.directive_run', 'created', 'completed', 'partial', 'errored'),
    ...robotsJobs.flatMap((job) =>
      typesOf(`robots.job.${job}`, 'pending', 'processing', 'completed', 'cancelled', 'errored'),
    ),
  ),
];
