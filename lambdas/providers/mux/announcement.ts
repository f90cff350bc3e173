import type { Asset } from '../../assets/assets.queries.ts';

/** Announced to the owner: the video plays, it failed, or its upload was cancelled. */
export type Announcement = 'ready' | 'failed' | 'cancelled';

export interface AnnouncedAsset {
  readonly after: Asset;
  readonly announcement: Announcement | null;
}

/** Returns true if the portal has a playback id that it can use. */
export const isPlayable = ({ status, playbackId }: Asset): boolean =>
  status === 'ready' && playbackId !== null;

/** Returns true if the asset became ready without a usable playback id, or lost it. */
export const isReadyWithoutPlayback = (before: Asset, after: Asset): boolean =>
  after.status === 'ready' &&
  !isPlayable(after) &&
  (before.status !== 'ready' || isPlayable(before));

/**
 * Decides what is announced after a change. An asset is announced as ready once, when it has a
 * playback id that the portal can use, and its end is announced once, whichever event reports it.
 * A row without an owner announces nothing: the asset is announced when the row is merged.
 */
export function announce(before: Asset, after: Asset, at: Date): AnnouncedAsset {
  const announcement = announcementOf(before, after);
  if (announcement === null) return { after, announcement };
  const time = announcement === 'ready' ? { readyAnnouncedAt: at } : { endAnnouncedAt: at };
  return { after: { ...after, ...time }, announcement };
}

function announcementOf(before: Asset, after: Asset): Announcement | null {
  if (after.ownerId === null) return null;
  if (isPlayable(after)) return wasAnnouncedReady(before) ? null : 'ready';
  const { status } = after;
  if (status !== 'failed' && status !== 'cancelled') return null;
  return wasEndAnnounced(before, status) ? null : status;
}

// Rows that are older than the columns of announcements were announced on a change of status.
const wasAnnouncedReady = (before: Asset) => before.readyAnnouncedAt !== null || isPlayable(before);

const wasEndAnnounced = (before: Asset, end: Asset['status']) =>
  before.endAnnouncedAt !== null || before.status === 'failed' || before.status === end;
