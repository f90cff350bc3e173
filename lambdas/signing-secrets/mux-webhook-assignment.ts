import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { MuxWebhook } from './mux-webhooks-api.ts';

/**
 * Query parameter that marks the address of a webhook that a rotation created. Mux accepts each
 * address only once; the routes of API Gateway ignore the query.
 */
export const ROTATION_MARK = 'rotation';

/**
 * Derives the id of the version that holds a webhook's secret, so that no table has to map one to
 * the other.
 */
export const versionIdOf = (webhookId: string) => deterministicUuid('mux-webhook', webhookId);

export interface WebhookAssignment {
  /** Signs with the current version. */
  readonly active: MuxWebhook | undefined;
  /** Signs with the previous version. */
  readonly old: MuxWebhook | undefined;
  /**
   * Created by a rotation, but the secret is not stored: the run was interrupted or is still in
   * progress.
   */
  readonly unstored: MuxWebhook | undefined;
}

/**
 * Assigns each webhook to the version that holds its secret. A webhook from Mux's dashboard has a
 * secret that was stored by hand, under a random version id, so it can only be assigned if exactly
 * one webhook and one version remain.
 */
export function assignWebhooks(
  webhooks: readonly MuxWebhook[],
  current: string,
  previous: string | undefined,
): WebhookAssignment | { readonly problem: string } {
  const withVersion = (versionId: string | undefined) =>
    webhooks.find(({ id }) => versionIdOf(id) === versionId);
  const [ofCurrent, ofPrevious] = [withVersion(current), withVersion(previous)];
  const others = webhooks.filter((one) => one !== ofCurrent && one !== ofPrevious);
  const manual = others.filter(({ address }) => !isMarked(address));
  const [unstored] = others.filter(({ address }) => isMarked(address));

  const isAmbiguous = !ofCurrent && !ofPrevious && manual.length > 1;
  const active = ofCurrent ?? (isDerived(current) ? undefined : manual.shift());
  const oldIsManual = previous !== undefined && !isDerived(previous);
  const old = ofPrevious ?? (oldIsManual ? manual.shift() : undefined);
  if (isAmbiguous || manual.length > 0)
    return {
      problem:
        'Mux has webhooks with unknown secrets on this route: ' +
        `delete all but one of ${idsOf(webhooks)}.`,
    };
  return { active, old, unstored };
}

/**
 * Recognizes a UUID of version 8. AWS's tools create random ids of version 4 for a secret that is
 * stored by hand.
 */
const isDerived = (versionId: string) => /^[0-9a-f]{8}-[0-9a-f]{4}-8/.test(versionId);

const isMarked = (address: string) => new URL(address).searchParams.has(ROTATION_MARK);

export const idsOf = (webhooks: readonly { readonly id: string }[]) =>
  webhooks.map(({ id }) => id).join(', ');
