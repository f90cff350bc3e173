import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import type { AnswerOf, RequestOf } from '../portal-api/contracts.ts';
import { CommandRejectedError } from '../portal-api/problem.ts';
import type { CommandRequest } from '../portal-api/read-request.ts';
import { type CreateDirectUpload, type DirectUpload, UPLOAD_SECONDS } from './mux-direct-upload.ts';
import { findUploadPlace, insertUpload } from './uploads.queries.ts';

export interface UploadDeps {
  readonly pool: GetPool;
  readonly createDirectUpload: CreateDirectUpload;
  readonly keyHours: number;
  readonly now: Clock;
}

type Request = CommandRequest<RequestOf<'create-upload'>>;

/**
 * Mux first, then the row: where Mux fails, nothing is there. A process that dies in between leaves an upload at Mux that
 * ends by itself, as nobody has its URL; the film's id follows from the key, so the next attempt meets no second row.
 */
export function makeCreateUpload({ pool, createDirectUpload, keyHours, now }: UploadDeps) {
  return async function createUpload(request: Request): Promise<AnswerOf<'create-upload'>> {
    const startedAt = now();
    const { ownerId, title, playbackPolicy } = request.body;
    const assetId = await chooseId(request, startedAt);
    const upload = await createDirectUpload({ assetId, ownerId, title, playbackPolicy });
    if (upload.outcome !== 'made') throw refusalOf(upload);
    const kept = await insertUpload(await pool(), {
      id: assetId,
      ownerId,
      title,
      muxUploadId: upload.id,
      startedAt,
    });
    if (!kept)
      throw new CommandRejectedError({
        type: 'request-in-progress',
        detail: 'Another attempt was faster.',
        ...SOON,
      });
    const uploadExpiresAt = new Date(startedAt.getTime() + UPLOAD_SECONDS * 1000).toISOString();
    return { assetId, uploadUrl: upload.url, uploadExpiresAt };
  };

  /** A key that is used again after it was forgotten asks for another film, and so for another id. */
  async function chooseId({ caller, key, body }: Request, startedAt: Date): Promise<string> {
    const id = deterministicUuid('create-upload', caller, key);
    const leftAfter = new Date(startedAt.getTime() - keyHours * 3_600_000);
    const { ownerKnown, taken } = await findUploadPlace(await pool(), {
      id,
      ownerId: body.ownerId,
      leftAfter,
    });
    if (!ownerKnown)
      throw new CommandRejectedError({
        type: 'owner-not-found',
        detail: 'There is no member of this id.',
      });
    return taken ? randomUUID() : id;
  }
}

const SOON = { retryAfterSeconds: 1 };

function refusalOf(
  upload: Exclude<DirectUpload, { readonly outcome: 'made' }>,
): CommandRejectedError {
  return upload.outcome === 'refused'
    ? new CommandRejectedError({
        type: 'mux-refused',
        detail: `Mux refused to make an upload (${upload.code}).`,
      })
    : new CommandRejectedError({
        type: 'try-again',
        detail: `Mux did not make an upload (${upload.code}). Send the request again with the same Idempotency-Key.`,
        retryAfterSeconds: upload.retryAfterSeconds,
      });
}
