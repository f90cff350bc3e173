import type { VersionOfSecret } from '../platform/aws/secret-versions.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import { assignWebhooks, idsOf } from './mux-webhook-assignment.ts';
import type { MuxWebhook } from './mux-webhooks-api.ts';
import {
  blocked,
  isRotationDone,
  type PassiveAction,
  type RotationState,
  waitForQuiet,
} from './rotation.ts';
import { evaluatePreviousVersion, isCurrentVersionUsed, QUIET_MS } from './version-usage.ts';

export interface MuxRotationState extends RotationState {
  readonly webhooks: readonly MuxWebhook[];
}

/**
 * - `create`: creates a second webhook and stores its secret as the current version.
 * - `discard`: deletes a webhook whose secret was not stored. Mux shows a secret only in the
 *   response to the creation.
 * - `restore`: makes the previous version current, because the newer webhook no longer exists.
 *   Otherwise the next stored version would push out the secret that Mux signs with.
 * - `disable`: disables the old webhook.
 * - `drop`: deletes the old webhook and drops the previous version.
 */
export type MuxRotationAction =
  | PassiveAction
  | { readonly action: 'create'; readonly mark: string }
  | { readonly action: 'discard'; readonly webhookId: string }
  | { readonly action: 'restore'; readonly versionId: string; readonly replaces: string }
  | { readonly action: 'disable'; readonly webhookId: string }
  | {
      readonly action: 'drop';
      readonly versionId: string;
      readonly webhookId: string | undefined;
      readonly since: Date;
    };

/**
 * Time after which a webhook without a stored secret counts as abandoned. A run takes at most 30 s,
 * the timeout of API Gateway.
 */
const OTHER_RUN_MS = 120_000;

/**
 * Chooses the next action. Mux has no call that changes a webhook's secret: each webhook signs with
 * its own secret, and Mux sends every event to each webhook. So a rotation replaces the webhook.
 */
export function nextMuxAction(state: MuxRotationState): MuxRotationAction {
  const { versions, webhooks, now } = state;
  const { current, previous } = versions;
  if (current === undefined)
    return blocked('No signing secret of mux is stored: store the secret of its webhook first.');
  const assignment = assignWebhooks(webhooks, current.id, previous?.id, current.createdAt);
  if ('problem' in assignment) return blocked(assignment.problem);
  const { active, old, unstored } = assignment;
  if (active === undefined) {
    return old && previous && unstored === undefined
      ? { action: 'restore', versionId: previous.id, replaces: current.id }
      : blocked(explainMissingWebhook(webhooks));
  }
  if (unstored !== undefined) return discardIfAbandoned(unstored, now);
  if (previous !== undefined) return retirePrevious(state, { current, previous }, { active, old });
  return isRotationDone(state)
    ? { action: 'done' }
    : { action: 'create', mark: deterministicUuid('after', current.id).slice(0, 8) };
}

const explainMissingWebhook = (webhooks: readonly MuxWebhook[]) =>
  webhooks.length === 0
    ? 'Mux has no webhook for this route: is the API token from another Mux environment?'
    : `No webhook of Mux on this route signs with the current secret: ${idsOf(webhooks)}.`;

function discardIfAbandoned(unstored: MuxWebhook, now: Date): MuxRotationAction {
  const until = new Date(unstored.createdAt.getTime() + OTHER_RUN_MS);
  return now < until
    ? { action: 'wait', reason: 'other-run', until }
    : { action: 'discard', webhookId: unstored.id };
}

interface Versions {
  readonly current: VersionOfSecret;
  readonly previous: VersionOfSecret;
}

interface Webhooks {
  readonly active: MuxWebhook;
  readonly old: MuxWebhook | undefined;
}

/**
 * Disables the old webhook once the new one delivers, then drops it and its secret after the quiet
 * period.
 */
function retirePrevious(
  { usage, now }: MuxRotationState,
  versions: Versions,
  { active, old }: Webhooks,
): MuxRotationAction {
  const previousUsage = evaluatePreviousVersion(versions, usage, now);
  if (old?.enabled) {
    if (!active.enabled)
      return blocked(`The new webhook ${active.id} is disabled at Mux: enable it.`);
    if (!isCurrentVersionUsed(versions, usage)) return { action: 'wait', reason: 'delivery' };
    const until = new Date(versions.current.createdAt.getTime() + QUIET_MS);
    if (now < until) return { action: 'wait', reason: 'retries', until };
    if (previousUsage.status !== 'quiet') return { action: 'disable', webhookId: old.id };
  }
  if (previousUsage.status !== 'quiet') return waitForQuiet(previousUsage);
  const { since } = previousUsage;
  return { action: 'drop', versionId: versions.previous.id, webhookId: old?.id, since };
}
