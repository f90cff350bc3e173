import type { ResendWebhook } from './resend-webhooks-api.ts';
import {
  blocked,
  isRotationDone,
  type PassiveAction,
  type RotationState,
  waitForQuiet,
} from './rotation.ts';
import { evaluatePreviousVersion } from './version-usage.ts';

export interface ResendRotationState extends RotationState {
  readonly webhooks: readonly ResendWebhook[];
  readonly stored: { readonly current: string | undefined; readonly previous: string | undefined };
}

/**
 * - `rotate`: lets Resend create a new secret and stores it. Resend signs with both secrets for 24
 *   h: https://resend.com/docs/api-reference/webhooks/rotate-signing-secret
 * - `adopt`: stores the secret that Resend signs with. It is missing in Secrets Manager if a run
 *   was interrupted after the rotation, or if the secret was rotated in Resend's dashboard.
 * - `restore`: makes the previous version current, because Resend signs with it.
 * - `drop`: drops the previous version.
 */
export type ResendRotationAction =
  | PassiveAction
  | { readonly action: 'rotate'; readonly webhookId: string }
  | { readonly action: 'adopt'; readonly secret: string }
  | { readonly action: 'restore'; readonly versionId: string; readonly replaces: string }
  | { readonly action: 'drop'; readonly versionId: string; readonly since: Date };

/** Chooses the next action. Resend has one webhook with one secret, which its API can rotate. */
export function nextResendAction(state: ResendRotationState): ResendRotationAction {
  const { versions, webhooks, stored, usage, now } = state;
  const { current, previous } = versions;
  const [webhook, ...others] = webhooks;
  if (webhook === undefined)
    return blocked(
      'Resend has no webhook for this route: is the API key from another Resend team?',
    );
  if (others.length > 0) return blocked(adviseOnWebhooks(webhooks, stored.current));
  const { id, secret } = webhook;
  // Takes precedence: 24 h after a rotation Resend signs only with the secret that is not stored.
  if (secret !== undefined && ![stored.current, stored.previous].includes(secret))
    return { action: 'adopt', secret };
  if (current === undefined)
    return blocked('No signing secret of resend is stored: store the secret of its webhook first.');
  if (previous === undefined)
    return isRotationDone(state) ? { action: 'done' } : { action: 'rotate', webhookId: id };
  if (secret !== undefined && secret !== stored.current)
    return { action: 'restore', versionId: previous.id, replaces: current.id };

  const previousUsage = evaluatePreviousVersion(versions, usage, now);
  if (previousUsage.status !== 'quiet') return waitForQuiet(previousUsage);
  return { action: 'drop', versionId: previous.id, since: previousUsage.since };
}

/** Names the webhook to keep: the one whose secret is stored. */
function adviseOnWebhooks(
  webhooks: ResendRotationState['webhooks'],
  stored: string | undefined,
): string {
  const intro = 'Resend has more than one webhook for this route, each with its own secret.';
  const ids = (some: ResendRotationState['webhooks']) => some.map(({ id }) => id).join(', ');
  const kept = webhooks.find(({ secret }) => secret !== undefined && secret === stored);
  return kept === undefined
    ? `${intro} None of ${ids(webhooks)} is known to sign with the stored secret: delete all but ` +
        'one, and run the command again.'
    : `${intro} Keep ${kept.id}, which signs with the stored secret, and delete ` +
        `${ids(webhooks.filter((one) => one !== kept))}.`;
}
