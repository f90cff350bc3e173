import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/postgres/transaction.ts';
import type { RequestOf, ResponseOf } from '../portal-api/contracts.ts';
import { PortalRequestRejectedError } from '../portal-api/problem.ts';
import type { PortalRequest } from '../portal-api/read-request.ts';
import { insertShareLink, type ShareLinkInsertion } from './create-share-link.queries.ts';

export interface CreateShareLinkDeps {
  readonly portalUrl: string;
  readonly maxDays: number;
  readonly now: Clock;
}

const DAY_MS = 24 * 3_600_000;

/** Creates a share link. The token is only in the response; Postgres stores its hash. */
export function makeCreateShareLink({ portalUrl, maxDays, now }: CreateShareLinkDeps) {
  return async function createShareLink(
    { body }: PortalRequest<RequestOf<'create-share-link'>>,
    tx: Transaction,
  ): Promise<ResponseOf<'create-share-link'>> {
    const createdAt = now();
    const expiresAt = new Date(body.expiresAt);
    // Not part of the schema: a replay returns its response even after the link has expired.
    rejectInvalidExpiry(expiresAt, createdAt);
    const token = randomBytes(32).toString('base64url');
    const link = {
      id: randomUUID(),
      assetId: body.assetId,
      ownerId: body.ownerId,
      label: body.label ?? null,
    };
    const tokenHash = createHash('sha256').update(token).digest();
    const insertion = await insertShareLink(tx, { ...link, expiresAt, tokenHash, createdAt });
    if (insertion !== 'created')
      throw new PortalRequestRejectedError({ type: insertion, detail: details[insertion] });
    return {
      ...link,
      expiresAt: expiresAt.toISOString(),
      token,
      url: `${portalUrl}/share/${token}`,
    };
  };

  function rejectInvalidExpiry(expiresAt: Date, at: Date): void {
    const remainingMs = expiresAt.getTime() - at.getTime();
    if (remainingMs > 0 && remainingMs <= maxDays * DAY_MS) return;
    const detail = `expected a time in the future, within ${maxDays} days`;
    throw new PortalRequestRejectedError({
      type: 'invalid-request',
      detail: 'The request body is invalid.',
      errors: [{ pointer: '/expiresAt', detail }],
    });
  }
}

const details: Readonly<Record<Exclude<ShareLinkInsertion, 'created'>, string>> = {
  'asset-not-found': 'No video has this id.',
  'not-the-owner': 'The video does not belong to this owner.',
  'asset-not-ready': 'The video is not ready for playback.',
};
