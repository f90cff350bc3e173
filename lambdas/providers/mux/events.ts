import * as z from 'zod';
import type { AssetIdentifiers } from '../../assets/assets.queries.ts';
import { eventTextLimits } from '../../catalog/domain-events.ts';
import { cutText } from '../../platform/cut-text.ts';
import { redactText } from '../../platform/redaction.ts';
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
  /**
   * True for a clip, and for the recording of a live stream. Such an asset has the passthrough of
   * its source, so its `portalId` is null.
   */
  readonly derived: boolean;
  readonly target: Target;
  readonly playbackIds: readonly PlaybackId[];
  readonly durationSeconds: number | null;
  readonly aspectRatio: string | null;
  readonly failureReason: string | null;
}

const targets: Readonly<Record<string, (data: Data) => Target>> = {
  'video.upload.asset_created': () => 'processing',
  'video.upload.cancelled': () => 'cancelled',
  'video.upload.errored': () => 'failed',
  'video.asset.created': () => 'processing',
  'video.asset.ready': () => 'ready',
  'video.asset.updated': ({ status }) => targetOfStatus(status),
  'video.asset.errored': () => 'failed',
  'video.asset.deleted': () => 'deleted',
};

/** `processing` has the lowest rank, so an unknown status moves no asset. */
function targetOfStatus(status: string | null | undefined): Target {
  if (status === 'ready') return 'ready';
  return status === 'errored' ? 'failed' : 'processing';
}

export const appliedMuxTypes: readonly string[] = Object.keys(targets);

/** Returns false for a text that contains a credential or an address. */
function isPlain(value: string): boolean {
  return redactText(value) === value;
}

const text = z.string().transform(storableText);
const optionalText = text.nullish().catch(null);
const id = text.pipe(z.string().min(1)).nullish().catch(null);
// Playback ids of Mux have some 45 characters.
const playbackId = z
  .string()
  .regex(/^[\w-]{1,255}$/)
  .refine(isPlain)
  .nullish()
  .catch(null);
const policy = z
  .string()
  .regex(/^[a-z_]{1,40}$/)
  .nullish()
  .catch(null);
const aspectRatio = z
  .string()
  .regex(/^\d{1,6}:\d{1,6}$/)
  .nullish()
  .catch(null);
// Free text of Mux, which portal, mails and domain events repeat.
const reason = text.transform(redactText);
const optionalReason = reason.nullish().catch(null);

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
    status: optionalText,
    source_asset_id: id,
    live_stream_id: id,
    is_live: z.boolean().nullish().catch(null),
    ingest_type: optionalText,
    // Drops a malformed entry and keeps the others.
    playback_ids: z
      .array(z.object({ id: playbackId, policy }).nullish().catch(null))
      .nullish()
      .catch(null),
    duration: z.number().nullish().catch(null),
    aspect_ratio: aspectRatio,
    errors: z
      .object({ type: optionalReason, messages: z.array(reason).nullish().catch(null) })
      .nullish()
      .catch(null),
    // Uploads have one error with one message.
    error: z.object({ type: optionalReason, message: optionalReason }).nullish().catch(null),
  }),
});

type Data = z.infer<typeof body>['data'];

/**
 * Parses the body of an event of Mux.
 * @returns undefined for a type that changes no asset.
 * @throws PermanentError for an applied type whose body does not identify the asset.
 */
export function parseMuxEvent(eventId: string, type: string, json: string): MuxEvent | undefined {
  const targetOf = Object.hasOwn(targets, type) ? targets[type] : undefined;
  if (targetOf === undefined) return undefined;
  const parsed = body.safeParse(JSON.parse(json));
  if (!parsed.success)
    throw new PermanentError('unreadable-event', `${type}: ${z.prettifyError(parsed.error)}`);
  const { created_at, data } = parsed.data;
  const target = targetOf(data);
  const ofUpload = type.startsWith('video.upload.');
  return {
    eventId,
    type,
    occurredAt: created_at,
    asset: ofUpload ? uploadIdentifiers(data) : assetIdentifiers(data),
    derived: !ofUpload && isDerived(data),
    target,
    playbackIds: playbackIdsOf(data),
    durationSeconds: data.duration ?? null,
    aspectRatio: data.aspect_ratio ?? null,
    failureReason: failureReasonOf(target, data),
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
  portalId: isDerived(data) ? null : portalId(data.passthrough),
});

const derivedIngestTypes = ['on_demand_clip', 'live_rtmp', 'live_srt'];

/** https://www.mux.com/docs/guides/create-clips-from-your-videos */
const isDerived = ({ source_asset_id, live_stream_id, is_live, ingest_type }: Data): boolean =>
  Boolean(source_asset_id || live_stream_id || is_live) ||
  derivedIngestTypes.includes(ingest_type ?? '');

const playbackIdsOf = ({ playback_ids }: Data): PlaybackId[] =>
  (playback_ids ?? []).flatMap((entry) =>
    entry?.id && entry.policy ? [{ id: entry.id, policy: entry.policy }] : [],
  );

/** Returns null for a passthrough that is not a UUID: the portal did not set it. */
function portalId(passthrough: string | null | undefined): string | null {
  const parsed = z.guid().safeParse(passthrough);
  return parsed.success ? parsed.data.toLowerCase() : null;
}

/** Cuts the reason to what people read: asset, notifications and domain event store a copy each. */
function failureReasonOf(target: Target, { errors, error }: Data): string | null {
  if (target === 'cancelled') return 'The upload was cancelled.';
  if (target !== 'failed') return null;
  const reason =
    errors?.messages?.filter(Boolean).join(' ') || error?.message || errors?.type || error?.type;
  return cutText(reason || 'Mux gave no reason.', eventTextLimits.reason);
}
