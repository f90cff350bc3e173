import * as z from 'zod';
import type { AssetIdentifiers } from '../../assets/assets.queries.ts';
import { eventTextLimits } from '../../catalog/domain-events.ts';
import { cutText } from '../../platform/cut-text.ts';
import { storableText } from '../../platform/storable-text.ts';
import { PermanentError } from '../../webhooks/failures.ts';

/**
 * Status of an asset after an event. `awaiting-upload` is missing: the portal sets it before the
 * upload.
 */
export type Target = 'processing' | 'cancelled' | 'ready' | 'failed' | 'deleted';

export interface PlaybackId {
  readonly id: string;
  readonly policy: string;
}

export interface MuxEvent {
  readonly eventId: string;
  readonly type: string;
  /** Precise to milliseconds. Mux writes microseconds. */
  readonly occurredAt: Date;
  readonly asset: AssetIdentifiers;
  readonly target: Target;
  readonly playbackIds: readonly PlaybackId[];
  readonly durationSeconds: number | null;
  readonly aspectRatio: string | null;
  readonly failureReason: string | null;
}

const targets: Readonly<Record<string, Target>> = {
  'video.upload.asset_created': 'processing',
  'video.upload.cancelled': 'cancelled',
  'video.asset.created': 'processing',
  'video.asset.ready': 'ready',
  'video.asset.errored': 'failed',
  'video.asset.deleted': 'deleted',
};

export const appliedMuxTypes: readonly string[] = Object.keys(targets);

const text = z.string().transform(storableText);
const optionalText = text.nullish().catch(null);
const id = text.pipe(z.string().min(1)).nullish().catch(null);

// Playback ids of Mux have some 45 characters.
const MAX_PLAYBACK_ID = 255;

// Parses only the fields in use. Fields that do not identify the asset may be missing or malformed:
// @mux/mux-node declares fields as required that real bodies lack.
const body = z.object({
  created_at: z.iso.datetime({ offset: true }).transform((value) => new Date(value)),
  data: z.object({
    id: text.pipe(z.string().min(1)),
    upload_id: id,
    asset_id: id,
    passthrough: optionalText,
    new_asset_settings: z.object({ passthrough: optionalText }).nullish().catch(null),
    playback_ids: z
      .array(z.object({ id: text.pipe(z.string().max(MAX_PLAYBACK_ID)), policy: text }))
      .nullish()
      .catch(null),
    duration: z.number().nullish().catch(null),
    aspect_ratio: optionalText,
    errors: z
      .object({ type: optionalText, messages: z.array(text).nullish().catch(null) })
      .nullish()
      .catch(null),
  }),
});

type Data = z.infer<typeof body>['data'];

/**
 * Parses the body of an event of Mux.
 * @returns undefined for a type that changes no asset.
 * @throws PermanentError for an applied type whose body does not identify the asset.
 */
export function parseMuxEvent(eventId: string, type: string, json: string): MuxEvent | undefined {
  const target = Object.hasOwn(targets, type) ? targets[type] : undefined;
  if (target === undefined) return undefined;
  const parsed = body.safeParse(JSON.parse(json));
  if (!parsed.success)
    throw new PermanentError('unreadable-event', `${type}: ${z.prettifyError(parsed.error)}`);
  const { created_at, data } = parsed.data;
  return {
    eventId,
    type,
    occurredAt: created_at,
    asset: type.startsWith('video.upload.') ? uploadIdentifiers(data) : assetIdentifiers(data),
    target,
    playbackIds: data.playback_ids ?? [],
    durationSeconds: data.duration ?? null,
    aspectRatio: data.aspect_ratio ?? null,
    failureReason: target === 'failed' ? failureReason(data) : null,
  };
}

// In an upload event, `id` is the upload id, and `passthrough` is among the settings of the future
// asset.
const uploadIdentifiers = (data: Data): AssetIdentifiers => ({
  uploadId: data.id,
  assetId: data.asset_id ?? null,
  portalId: portalId(data.new_asset_settings?.passthrough ?? data.passthrough),
});

const assetIdentifiers = (data: Data): AssetIdentifiers => ({
  assetId: data.id,
  uploadId: data.upload_id ?? null,
  portalId: portalId(data.passthrough),
});

/** Returns null for a passthrough that is not a UUID: the portal did not set it. */
function portalId(passthrough: string | null | undefined): string | null {
  const parsed = z.guid().safeParse(passthrough);
  return parsed.success ? parsed.data.toLowerCase() : null;
}

/** Cuts the reason to what people read: asset, notifications and domain event store a copy each. */
function failureReason({ errors }: Data): string {
  const reason = errors?.messages?.filter(Boolean).join(' ') || errors?.type;
  return cutText(reason || 'Mux gave no reason.', eventTextLimits.reason);
}
