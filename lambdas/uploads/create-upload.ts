import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import type { RequestOf, ResponseOf } from '../portal-api/contracts.ts';
import { PortalRequestRejectedError } from '../portal-api/problem.ts';
import type { PortalRequest } from '../portal-api/read-request.ts';
import type { CreateDirectUpload, DirectUploadResult } from './mux-direct-upload.ts';
import { checkUpload, insertUpload } from './uploads.queries.ts';

export interface CreateUploadDeps {
  readonly pool: GetPool;
  readonly createDirectUpload: CreateDirectUpload;
  readonly keyHours: number;
  readonly uploadSeconds: number;
  readonly now: Clock;
}

type UploadRequest = PortalRequest<RequestOf<'create-upload'>>;

/**
 * Creates the upload at Mux first, then the asset's row, so a failure of Mux leaves no row.
 * If the process dies between both, the upload expires unused, because its URL was not returned.
 * The asset's id is derived from the idempotency key, so the next attempt uses the same row.
 */
export function makeCreateUpload({
  pool,
  createDirectUpload,
  keyHours,
  uploadSeconds,
  now,
}: CreateUploadDeps) {
  return async function createUpload(request: UploadRequest): Promise<ResponseOf<'create-upload'>> {
    const startedAt = now();
    const { ownerId, title, playbackPolicy } = request.body;
    const assetId = await chooseAssetId(request, startedAt);
    const upload = await createDirectUpload({ assetId, ownerId, title, playbackPolicy });
    if (upload.outcome !== 'created') throw toRejection(upload);
    const uploadExpiresAt = new Date(startedAt.getTime() + uploadSeconds * 1_000);
    const inserted = await insertUpload(await pool(), {
      id: assetId,
      ownerId,
      title,
      muxUploadId: upload.id,
      startedAt,
      uploadExpiresAt,
    });
    if (!inserted)
      throw new PortalRequestRejectedError({
        type: 'request-in-progress',
        detail: 'A later attempt has already created the upload.',
        retryAfterSeconds: 1,
      });
    return { assetId, uploadUrl: upload.url, uploadExpiresAt: uploadExpiresAt.toISOString() };
  };

  /**
   * Derives the id from caller and key. After the key's record has expired, the same key means a
   * new request; the derived id is then in use, and a random id replaces it.
   */
  async function chooseAssetId(
    { caller, key, body }: UploadRequest,
    startedAt: Date,
  ): Promise<string> {
    const id = deterministicUuid('create-upload', caller, key);
    const keyValidSince = new Date(startedAt.getTime() - keyHours * 3_600_000);
    const { ownerExists, idInUse } = await checkUpload(await pool(), {
      id,
      ownerId: body.ownerId,
      keyValidSince,
    });
    if (!ownerExists)
      throw new PortalRequestRejectedError({
        type: 'owner-not-found',
        detail: 'No member has this id.',
      });
    return idInUse ? randomUUID() : id;
  }
}

function toRejection(
  upload: Exclude<DirectUploadResult, { readonly outcome: 'created' }>,
): PortalRequestRejectedError {
  if (upload.outcome === 'rejected')
    return new PortalRequestRejectedError({
      type: 'mux-refused',
      detail: `Mux rejected the upload (${upload.code}).`,
    });
  return new PortalRequestRejectedError({
    type: 'try-again',
    detail:
      `Mux did not create the upload (${upload.code}). ` +
      'Send the request again with the same Idempotency-Key.',
    retryAfterSeconds: upload.retryAfterSeconds,
  });
}
