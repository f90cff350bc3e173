import Mux from '@mux/mux-node';
import * as z from 'zod';
import { parseJson } from '../platform/json.ts';

export interface NewDirectUpload {
  /** The portal's id of the film, which comes back with every event about it. */
  readonly assetId: string;
  readonly ownerId: string;
  readonly title: string;
  readonly playbackPolicy: 'signed' | 'public';
}

export type DirectUpload =
  | { readonly outcome: 'made'; readonly id: string; readonly url: string }
  /** Mux is down, slow or busy. There may be an upload whose URL nobody has. */
  | { readonly outcome: 'deferred'; readonly code: string; readonly retryAfterSeconds: number }
  /** Asking again will not help: the token, or what was asked for. */
  | { readonly outcome: 'refused'; readonly code: string };

/** Never throws: whatever goes wrong is an outcome. */
export type CreateDirectUpload = (upload: NewDirectUpload) => Promise<DirectUpload>;

export interface DirectUploadSettings {
  /** The secret's text: JSON with `tokenId` and `tokenSecret`. */
  readonly apiToken: () => Promise<string>;
  /** The page that sends the file. */
  readonly corsOrigin: string;
  /** The package itself waits for a minute, and for a body without end. */
  readonly timeoutMs?: number;
}

/** Of an upload's URL; Mux's own default. */
export const UPLOAD_SECONDS = 3_600;

const token = z.object({ tokenId: z.string().min(1), tokenSecret: z.string().min(1) });
const made = z.object({ id: z.string().min(1), url: z.url() });

export function makeCreateDirectUpload({
  apiToken,
  corsOrigin,
  timeoutMs = 6_000,
}: DirectUploadSettings) {
  return async function createDirectUpload(upload: NewDirectUpload): Promise<DirectUpload> {
    const text = await apiToken().catch(() => undefined);
    if (text === undefined) return later('api-token-unreadable');
    const read = token.safeParse(parseJson(text));
    if (!read.success) return { outcome: 'refused', code: 'api-token-malformed' };
    // No retries: after each the first may still make an upload, and a Retry-After of Mux's would outlast the function.
    const mux = new Mux({ ...read.data, maxRetries: 0, timeout: timeoutMs });
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = made.safeParse(
        await mux.video.uploads.create(parameters(upload, corsOrigin), { signal }),
      );
      return answer.success
        ? { outcome: 'made', ...answer.data }
        : { outcome: 'refused', code: 'answer-unreadable' };
    } catch (error) {
      return classify(error);
    }
  } satisfies CreateDirectUpload;
}

const parameters = (
  upload: NewDirectUpload,
  cors_origin: string,
): Mux.Video.UploadCreateParams => ({
  cors_origin,
  timeout: UPLOAD_SECONDS,
  new_asset_settings: {
    passthrough: upload.assetId,
    playback_policies: [upload.playbackPolicy],
    meta: { external_id: upload.assetId, creator_id: upload.ownerId, title: upload.title },
  },
});

const MAX_RETRY_AFTER = 60;
const RETRY_AFTER = 5;

function classify(error: unknown): DirectUpload {
  // Without a status there was no answer, or none that could be read to its end.
  if (!(error instanceof Mux.APIError) || error.status === undefined) return later('no-answer');
  const { status, headers } = error;
  if (status < 500 && status !== 408 && status !== 429)
    return { outcome: 'refused', code: `status-${status}` };
  const asked = Number(headers?.get('retry-after') ?? RETRY_AFTER);
  return later(
    `status-${status}`,
    asked >= 1 ? Math.min(Math.ceil(asked), MAX_RETRY_AFTER) : RETRY_AFTER,
  );
}

const later = (code: string, retryAfterSeconds = RETRY_AFTER) =>
  ({ outcome: 'deferred', code, retryAfterSeconds }) as const;
