import * as z from 'zod';
import { PermanentError } from '../../webhooks/failures.ts';

/** Where an event says that a film is now. `awaiting-upload` is where the portal puts it, before Mux knows of it. */
export type Target = 'processing' | 'cancelled' | 'ready' | 'failed' | 'deleted';

/** How Mux and the portal call one film; an event names at least one. */
export interface FilmIdentity {
  readonly assetId: string | null;
  readonly uploadId: string | null;
  /** The portal's asset id, handed to Mux as passthrough. Null where that is not a UUID: then it is not ours. */
  readonly portalId: string | null;
}

export interface PlaybackId {
  readonly id: string;
  readonly policy: string;
}

export interface MuxEvent {
  readonly eventId: string;
  readonly type: string;
  /** Milliseconds are what it is compared by; Mux writes microseconds. */
  readonly occurredAt: Date;
  readonly film: FilmIdentity;
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

// Postgres takes neither a NUL nor half a surrogate pair.
const text = z.string().transform((value) => value.replaceAll('\0', '').toWellFormed());
const optionalText = text.nullish().catch(null);
const id = text.pipe(z.string().min(1)).nullish().catch(null);

// Only what is used is read, and what is not needed to place the event may be missing or odd: the types of Mux's own
// package call fields required that real bodies lack.
const body = z.object({
  created_at: z.iso.datetime({ offset: true }).transform((value) => new Date(value)),
  data: z.object({
    id: text.pipe(z.string().min(1)),
    upload_id: id,
    asset_id: id,
    passthrough: optionalText,
    new_asset_settings: z.object({ passthrough: optionalText }).nullish().catch(null),
    playback_ids: z
      .array(z.object({ id: text, policy: text }))
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
 * @returns undefined for a type that changes nothing here.
 * @throws PermanentError for a type that does, in a shape that cannot be placed.
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
    film: type.startsWith('video.upload.') ? filmOfUpload(data) : filmOfAsset(data),
    target,
    playbackIds: data.playback_ids ?? [],
    durationSeconds: data.duration ?? null,
    aspectRatio: data.aspect_ratio ?? null,
    failureReason: target === 'failed' ? failureReason(data) : null,
  };
}

// In an upload's event, `id` is the upload's, and passthrough sits with the settings of the asset to be.
const filmOfUpload = (data: Data): FilmIdentity => ({
  uploadId: data.id,
  assetId: data.asset_id ?? null,
  portalId: portalId(data.new_asset_settings?.passthrough ?? data.passthrough),
});

const filmOfAsset = (data: Data): FilmIdentity => ({
  assetId: data.id,
  uploadId: data.upload_id ?? null,
  portalId: portalId(data.passthrough),
});

function portalId(passthrough: string | null | undefined): string | null {
  const parsed = z.guid().safeParse(passthrough);
  return parsed.success ? parsed.data.toLowerCase() : null;
}

function failureReason({ errors }: Data): string {
  return errors?.messages?.filter(Boolean).join(' ') || errors?.type || 'Mux gave no reason.';
}
