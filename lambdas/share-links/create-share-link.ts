import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/postgres/transaction.ts';
import type { AnswerOf, RequestOf } from '../portal-api/contracts.ts';
import { CommandRejectedError } from '../portal-api/problem.ts';
import type { CommandRequest } from '../portal-api/read-request.ts';
import { insertShareLink, type ShareLinkOutcome } from './new-share-link.queries.ts';

export interface ShareLinkDeps {
  readonly portalUrl: string;
  readonly maxDays: number;
  readonly now: Clock;
}

const DAY_MS = 24 * 3_600_000;

/** The link's row and its token's hash; the token itself is in the answer alone. */
export function makeCreateShareLink({ portalUrl, maxDays, now }: ShareLinkDeps) {
  return async function createShareLink(
    { body }: CommandRequest<RequestOf<'create-share-link'>>,
    tx: Transaction,
  ): Promise<AnswerOf<'create-share-link'>> {
    const createdAt = now();
    const expiresAt = new Date(body.expiresAt);
    // Here and not with the schema: a replay has its answer, however long ago the link has expired.
    refuseExpiry(expiresAt, createdAt);
    const token = randomBytes(32).toString('base64url');
    const link = {
      id: randomUUID(),
      assetId: body.assetId,
      ownerId: body.ownerId,
      label: body.label ?? null,
    };
    const tokenHash = createHash('sha256').update(token).digest();
    const outcome = await insertShareLink(tx, { ...link, expiresAt, tokenHash, createdAt });
    if (outcome !== 'made')
      throw new CommandRejectedError({ type: outcome, detail: reasons[outcome] });
    return {
      ...link,
      expiresAt: expiresAt.toISOString(),
      token,
      url: `${portalUrl}/share/${token}`,
    };
  };

  function refuseExpiry(expiresAt: Date, at: Date): void {
    const aheadMs = expiresAt.getTime() - at.getTime();
    if (aheadMs > 0 && aheadMs <= maxDays * DAY_MS) return;
    const detail = `expected a time ahead of now, by ${maxDays} days at most`;
    const errors = [{ pointer: '/expiresAt', detail }];
    throw new CommandRejectedError({
      type: 'invalid-request',
      detail: 'The body is not what it has to be.',
      errors,
    });
  }
}

const reasons: Readonly<Record<Exclude<ShareLinkOutcome, 'made'>, string>> = {
  'asset-not-found': 'There is no film of this id.',
  'not-the-owner': 'The film is not of this owner.',
  'asset-not-ready': 'The film cannot be watched: it is not ready.',
};
