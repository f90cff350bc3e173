import type { RotatedSecret } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import { type MuxStep, nextMuxStep, ROTATION_MARK, versionOf } from './mux-rotation.ts';
import type { MuxWebhooks } from './mux-webhooks-api.ts';
import { type Plan, type PlanRotation, planOfRest } from './rotation.ts';
import { QUIET_MS, type VersionUse } from './version-usage.ts';

export interface MuxRotation {
  readonly webhooks: MuxWebhooks;
  readonly secret: RotatedSecret;
  readonly readUse: () => Promise<VersionUse>;
  readonly now: Clock;
}

export function makePlanMuxRotation(rotation: MuxRotation): PlanRotation {
  return async (anew) => {
    const { webhooks, secret, readUse, now } = rotation;
    const [list, versions, use] = await Promise.all([
      webhooks.list(),
      secret.versions(),
      readUse(),
    ]);
    return planOf(nextMuxStep({ webhooks: list, versions, use, now: now(), anew }), rotation);
  };
}

function planOf(step: MuxStep, { webhooks, secret, now }: MuxRotation): Plan {
  const at = (milliseconds: number) => new Date(now().getTime() + milliseconds);
  switch (step.step) {
    case 'create':
      return {
        step: 'create',
        says: 'A second webhook at Mux, its secret current beside the one before it: both are valid.',
        next: 'Run this again in 27 h: until then what failed earlier may come again by the old webhook alone.',
        notBefore: at(QUIET_MS),
        async perform() {
          const { id, secret: value } = await webhooks.create({ [ROTATION_MARK]: step.mark });
          await secret.store(value, versionOf(id));
        },
      };
    case 'discard':
      return {
        step: 'discard',
        says: `The webhook ${step.webhookId} is deleted: the run that made it did not live to store its secret.`,
        next: 'Run this again: it makes another.',
        perform: () => webhooks.delete(step.webhookId),
      };
    case 'restore':
      return {
        step: 'restore',
        says: 'The newer webhook is gone from Mux, so the secret that Mux signs with is the current one again.',
        next: 'Run this again: it goes on once the other secret has been unused for 27 h.',
        perform: () => secret.makeCurrent(step.versionId, step.instead),
      };
    case 'disable':
      return {
        step: 'disable',
        says: `The old webhook ${step.webhookId} is disabled: the newer one is seen at work, and brings every event.`,
        next: 'Run this again in 27 h: it drops the previous secret if nothing more was signed with it.',
        notBefore: at(QUIET_MS),
        perform: () => webhooks.disable(step.webhookId),
      };
    case 'drop':
      return {
        step: 'drop',
        says: `The previous secret is safe to drop, unused since ${step.since.toISOString()}, and is dropped with its webhook.`,
        next: 'Nothing: the rotation is done.',
        // A secret without its webhook is of no use to anybody; a webhook without its secret is refused.
        async perform() {
          if (step.webhookId !== undefined) await webhooks.delete(step.webhookId);
          await secret.dropPrevious(step.versionId);
        },
      };
    default:
      return planOfRest(step, 'mux');
  }
}
