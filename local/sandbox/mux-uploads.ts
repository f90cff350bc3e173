import { randomUUID } from 'node:crypto';
import { type MuxAsset, muxId } from './mux-events.ts';

/** Parameters of a created direct upload. */
export interface MuxUpload {
  readonly id: string;
  readonly url: string;
  readonly corsOrigin: unknown;
  readonly timeout: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

interface CreateUploadRequest {
  readonly cors_origin?: unknown;
  readonly timeout?: unknown;
  readonly new_asset_settings: Readonly<Record<string, unknown>>;
}

export interface MuxUploads {
  all(): readonly MuxUpload[];
  find(id: string): MuxUpload | undefined;
  /** https://www.mux.com/docs/api-reference/video/direct-uploads */
  create(request: CreateUploadRequest): { readonly statusCode: number; readonly body: object };
  /** Returns the asset that Mux makes from the file of an upload. */
  assetOf(upload: MuxUpload): MuxAsset;
}

/** @param baseUrl Start of each upload's URL. */
export function makeMuxUploads(baseUrl: () => string): MuxUploads {
  const uploads = new Map<string, MuxUpload>();
  return {
    all: () => [...uploads.values()],
    find: (id) => uploads.get(id),
    create({ cors_origin: corsOrigin, timeout, new_asset_settings: settings }) {
      const id = muxId(randomUUID(), 46);
      const url = `${baseUrl()}/${id}`;
      uploads.set(id, { id, url, corsOrigin, timeout, settings, at: new Date() });
      const data = {
        id,
        url,
        status: 'waiting',
        timeout,
        cors_origin: corsOrigin,
        new_asset_settings: settings,
      };
      return { statusCode: 201, body: { data } };
    },
    assetOf({ id, settings }) {
      const meta = settings['meta'] as { title: string; creator_id: string };
      return {
        uploadId: id,
        assetId: muxId(`asset ${id}`),
        passthrough: String(settings['passthrough']),
        title: meta.title,
        creatorId: meta.creator_id,
      };
    },
  };
}
