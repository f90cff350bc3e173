import { randomUUID } from 'node:crypto';
import type { RotatedSecret } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import { nextResendAction, type ResendRotationAction } from './resend-rotation.ts';
import type { ResendWebhooks } from './resend-webhooks-api.ts';
import { blocked, type PlanRotation, planPassiveAction, type RotationPlan } from './rotation.ts';
import { QUIET_MS, type VersionUsage } from './version-usage.ts';

export interface ResendRotationDeps {
  readonly webhooks: ResendWebhooks;
  readonly secret: RotatedSecret;
  readonly readUsage: () => Promise<VersionUsage>;
  readonly now: Clock;
}

export function makePlanResendRotation(deps: ResendRotationDeps): PlanRotation {
  return async (force) => {
    const { webhooks, secret, readUsage, now } = deps;
    const [list, versions, usage, current, previous] = await Promise.all([
      webhooks.list(),
      secret.versions(),
      readUsage(),
      secret.value('AWSCURRENT'),
      secret.value('AWSPREVIOUS'),
    ]);
    const stored = { current, previous };
    const state = { webhooks: list, stored, versions, usage, now: now(), force };
    const action = nextResendAction(state);
    const fault = faultOf(action, previous, deps);
    return fault === undefined
      ? planOf(action, deps)
      : planPassiveAction(
          blocked(`Resend signs with a secret that the verifier would reject. ${fault}`),
          'resend',
        );
  };
}

/** Returns what is wrong with the secret that an action would make current. */
function faultOf(
  action: ResendRotationAction,
  previous: string | undefined,
  { secret }: ResendRotationDeps,
): string | undefined {
  if (action.action === 'adopt') return secret.faultOf(action.secret);
  return action.action === 'restore' ? secret.faultOf(previous ?? '') : undefined;
}

function planOf(action: ResendRotationAction, deps: ResendRotationDeps): RotationPlan {
  const { webhooks, secret, now } = deps;
  const afterQuietPeriod = {
    nextStep:
      'Run the command again in 27 h. ' +
      'It drops the previous secret if no delivery was signed with it.',
    notBefore: new Date(now().getTime() + QUIET_MS),
  };
  switch (action.action) {
    case 'rotate':
      return {
        action: 'rotate',
        message:
          'Rotates the secret at Resend and stores the new secret as the current one. ' +
          'Resend signs with both for 24 h; the previous secret stays valid.',
        ...afterQuietPeriod,
        perform: async () => secret.store(await webhooks.rotate(action.webhookId), randomUUID()),
      };
    case 'adopt':
      return {
        action: 'adopt',
        message:
          'Stores the secret that Resend signs with, which was not stored yet. ' +
          'The previous secret stays valid.',
        ...afterQuietPeriod,
        perform: () => secret.store(action.secret, randomUUID()),
      };
    case 'restore':
      return {
        action: 'restore',
        message: 'Makes the previous secret current again, because Resend signs with it.',
        ...afterQuietPeriod,
        perform: () => secret.makeCurrent(action.versionId, action.replaces),
      };
    case 'drop':
      return {
        action: 'drop',
        message: `Drops the previous secret, unused since ${action.since.toISOString()}.`,
        nextStep: 'Nothing to do. The rotation is done.',
        perform: () => secret.dropPrevious(action.versionId),
      };
    default:
      return planPassiveAction(action, 'resend');
  }
}
