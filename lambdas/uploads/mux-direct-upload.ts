import Mux from '@mux/mux-node';
import * as z from 'zod';
import { readMuxApiToken } from '../platform/provider-apis/mux-api-token.ts';

export interface NewDirectUpload {
  /** Id of the asset in the portal. Mux returns it as `passthrough` with every event. */
  readonly assetId: string;
  readonly ownerId: string;
  readonly title: string;
  readonly playbackPolicy: 'signed' | 'public';
}

export type DirectUploadResult =
  | { readonly outcome: 'created'; readonly id: string; readonly url: string }
  /** Mux is unavailable, slow or overloaded. An upload may exist, but its URL is unknown. */
  | { readonly outcome: 'deferred'; readonly code: string; readonly retryAfterSeconds: number }
  /** The token or the request is invalid, so a retry fails again. */
  | { readonly outcome: 'rejected'; readonly code: string };

/** Never throws: every error is returned as an outcome. */
export type CreateDirectUpload = (upload: NewDirectUpload) => Promise<DirectUploadResult>;

export interface DirectUploadDeps {
  /** Returns the secret's text: JSON with `tokenId` and `tokenSecret`. */
  readonly apiToken: () => Promise<string>;
  /** Origin of the page that sends the file. */
  readonly corsOrigin: string;
  /** Lifetime of the upload's URL. */
  readonly uploadSeconds: number;
  /** Limits headers and body together; Mux's package allows a minute, and any time for a body. */
  readonly timeoutMs?: number;
}

const createdUpload = z.object({ id: z.string().min(1), url: z.url() });

export function makeCreateDirectUpload({
  apiToken,
  corsOrigin,
  uploadSeconds,
  timeoutMs = 6_000,
}: DirectUploadDeps) {
  return async function createDirectUpload(upload: NewDirectUpload): Promise<DirectUploadResult> {
    const text = await apiToken().catch(() => undefined);
    if (text === undefined) return deferred('api-token-unreadable');
    const token = readMuxApiToken(text);
    if (token === undefined) return rejected('api-token-malformed');
    // No retries: each attempt may create an upload, and a Retry-After of Mux may outlast the
    // function's timeout.
    const mux = new Mux({ ...token, maxRetries: 0, timeout: timeoutMs });
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = createdUpload.safeParse(
        await mux.video.uploads.create(parameters(upload, corsOrigin, uploadSeconds), { signal }),
      );
      return response.success
        ? { outcome: 'created', ...response.data }
        : rejected('response-unreadable');
    } catch (error) {
      return classifyError(error);
    }
  } satisfies CreateDirectUpload;
}

const parameters = (
  upload: NewDirectUpload,
  cors_origin: string,
  timeout: number,
): Mux.Video.UploadCreateParams => ({
  cors_origin,
  timeout,
  new_asset_settings: {
    passthrough: upload.assetId,
    playback_policies: [upload.playbackPolicy],
    meta: { external_id: upload.assetId, creator_id: upload.ownerId, title: upload.title },
  },
});

const MAX_RETRY_AFTER_SECONDS = 60;
const DEFAULT_RETRY_AFTER_SECONDS = 5;

function classifyError(error: unknown): DirectUploadResult {
  // An error has no status if Mux sent no response, or an incomplete one.
  if (!(error instanceof Mux.APIError) || error.status === undefined)
    return deferred('no-response');
  const { status, headers } = error;
  if (status < 500 && status !== 408 && status !== 429) return rejected(`status-${status}`);
  const requested = Number(headers?.get('retry-after') ?? DEFAULT_RETRY_AFTER_SECONDS);
  return deferred(
    `status-${status}`,
    requested >= 1
      ? Math.min(Math.ceil(requested), MAX_RETRY_AFTER_SECONDS)
      : DEFAULT_RETRY_AFTER_SECONDS,
  );
}

const deferred = (code: string, retryAfterSeconds = DEFAULT_RETRY_AFTER_SECONDS) =>
  ({ outcome: 'deferred', code, retryAfterSeconds }) as const;

const rejected = (code: string) => ({ outcome: 'rejected', code }) as const;
