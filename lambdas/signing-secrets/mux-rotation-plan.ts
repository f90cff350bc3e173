import type { RotatedSecret } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import { type MuxRotationAction, nextMuxAction } from './mux-rotation.ts';
import { ROTATION_MARK, versionIdOf } from './mux-webhook-assignment.ts';
import type { MuxWebhooks } from './mux-webhooks-api.ts';
import { type PlanRotation, planPassiveAction, type RotationPlan } from './rotation.ts';
import { QUIET_MS, type VersionUsage } from './version-usage.ts';

export interface MuxRotationDeps {
  readonly webhooks: MuxWebhooks;
  readonly secret: RotatedSecret;
  readonly readUsage: () => Promise<VersionUsage>;
  readonly now: Clock;
}

export function makePlanMuxRotation(deps: MuxRotationDeps): PlanRotation {
  return async (force) => {
    const { webhooks, secret, readUsage, now } = deps;
    const [list, versions, usage] = await Promise.all([
      webhooks.list(),
      secret.versions(),
      readUsage(),
    ]);
    const action = nextMuxAction({ webhooks: list, versions, usage, now: now(), force });
    return planOf(action, deps);
  };
}

function planOf(action: MuxRotationAction, deps: MuxRotationDeps): RotationPlan {
  switch (action.action) {
    case 'create':
      return planCreate(action.mark, deps);
    case 'discard':
      return {
        action: 'discard',
        message:
          `Deletes the webhook ${action.webhookId}: ` +
          'the run that created it ended before it stored the secret.',
        nextStep: 'Run the command again. It creates another webhook.',
        perform: () => deps.webhooks.delete(action.webhookId),
      };
    case 'restore':
      return {
        action: 'restore',
        message:
          'Makes the previous secret current again, because Mux signs with it: ' +
          'the newer webhook no longer exists.',
        nextStep:
          'Run the command again. It continues once the other secret has been unused for 27 h.',
        perform: () => deps.secret.makeCurrent(action.versionId, action.replaces),
      };
    case 'disable':
      return planDisable(action.webhookId, deps);
    case 'drop':
      return planDrop(action, deps);
    default:
      return planPassiveAction(action, 'mux');
  }
}

const afterQuietPeriod = (now: Clock) => new Date(now().getTime() + QUIET_MS);

function planCreate(mark: string, { webhooks, secret, now }: MuxRotationDeps): RotationPlan {
  return {
    action: 'create',
    message:
      'Creates a second webhook at Mux and stores its secret as the current one. ' +
      'The previous secret stays valid.',
    nextStep:
      'Run the command again in 27 h. ' +
      'Until then Mux may retry earlier failed deliveries, and only through the old webhook.',
    notBefore: afterQuietPeriod(now),
    async perform() {
      const { id, secret: value } = await webhooks.create({ [ROTATION_MARK]: mark });
      // Mux shows the secret only once, so this webhook could never be used.
      if (secret.faultOf(value) !== undefined) await webhooks.delete(id);
      await secret.store(value, versionIdOf(id));
    },
  };
}

function planDisable(webhookId: string, { webhooks, now }: MuxRotationDeps): RotationPlan {
  return {
    action: 'disable',
    message:
      `Disables the old webhook ${webhookId}: ` +
      'the new webhook delivers, and Mux sends every event to it.',
    nextStep:
      'Run the command again in 27 h. ' +
      'It drops the previous secret if no delivery was signed with it.',
    notBefore: afterQuietPeriod(now),
    perform: () => webhooks.disable(webhookId),
  };
}

function planDrop(
  { versionId, webhookId, since }: Extract<MuxRotationAction, { action: 'drop' }>,
  { webhooks, secret }: MuxRotationDeps,
): RotationPlan {
  return {
    action: 'drop',
    message:
      'Drops the previous secret and deletes its webhook. ' +
      `The secret is unused since ${since.toISOString()}.`,
    nextStep: 'Nothing to do. The rotation is done.',
    // Deletes the webhook first: a webhook without a stored secret would have its deliveries
    // rejected.
    async perform() {
      if (webhookId !== undefined) await webhooks.delete(webhookId);
      await secret.dropPrevious(versionId);
    },
  };
}
