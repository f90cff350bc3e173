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
  currentStoredAt: Date,
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
    return { problem: adviseOnWebhooks(webhooks, ofCurrent, currentStoredAt) };
  return { active, old, unstored };
}

/**
 * Names the webhook to keep. Mux does not tell which secret belongs to which webhook, so for
 * secrets that were stored by hand the advice is a test.
 */
function adviseOnWebhooks(
  webhooks: readonly MuxWebhook[],
  ofCurrent: MuxWebhook | undefined,
  currentStoredAt: Date,
): string {
  const intro = 'Mux has webhooks with unknown secrets on this route.';
  const othersThan = (kept: MuxWebhook) => idsOf(webhooks.filter((one) => one !== kept));
  if (ofCurrent !== undefined)
    return (
      `${intro} Keep ${ofCurrent.id}, which signs with the current secret, ` +
      `and delete ${othersThan(ofCurrent)} at Mux.`
    );
  const candidates = webhooks
    .filter(({ enabled, createdAt }) => enabled && createdAt <= currentStoredAt)
    .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  const [likely] = candidates;
  if (likely === undefined)
    return (
      `${intro} None of ${idsOf(webhooks)} is enabled and older than the stored secret of ` +
      `${currentStoredAt.toISOString()}: store the secret of the one to keep, delete the others.`
    );
  return (
    `${intro} Keep ${likely.id}, probably: of the enabled ones it is the newest that existed ` +
    `when the current secret was stored at ${currentStoredAt.toISOString()}. To be sure, disable ` +
    `${othersThan(likely)} at Mux first. If deliveries are still accepted, delete them; if they ` +
    'are answered 400 signature-mismatch, enable them again and keep another.'
  );
}

/**
 * Recognizes a UUID of version 8. AWS's tools create random ids of version 4 for a secret that is
 * stored by hand.
 */
const isDerived = (versionId: string) => /^[0-9a-f]{8}-[0-9a-f]{4}-8/.test(versionId);

const isMarked = (address: string) => new URL(address).searchParams.has(ROTATION_MARK);

export const idsOf = (webhooks: readonly { readonly id: string }[]) =>
  webhooks.map(({ id }) => id).join(', ');
