import { randomUUID } from 'node:crypto';
import type { RotatedSecret } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import { nextResendStep, type ResendStep } from './resend-rotation.ts';
import type { ResendWebhooks } from './resend-webhooks-api.ts';
import { type Plan, type PlanRotation, planOfRest } from './rotation.ts';
import { QUIET_MS, type VersionUse } from './version-usage.ts';

export interface ResendRotation {
  readonly webhooks: ResendWebhooks;
  readonly secret: RotatedSecret;
  readonly readUse: () => Promise<VersionUse>;
  readonly now: Clock;
}

export function makePlanResendRotation(rotation: ResendRotation): PlanRotation {
  return async (anew) => {
    const { webhooks, secret, readUse, now } = rotation;
    const [list, versions, use, current, previous] = await Promise.all([
      ...([webhooks.list(), secret.versions(), readUse()] as const),
      ...(['AWSCURRENT', 'AWSPREVIOUS'] as const).map((stage) => secret.value(stage)),
    ]);
    const stored = { current, previous };
    return planOf(
      nextResendStep({ webhooks: list, stored, versions, use, now: now(), anew }),
      rotation,
    );
  };
}

function planOf(step: ResendStep, { webhooks, secret, now }: ResendRotation): Plan {
  const later = {
    next: 'Run this again in 27 h: it drops the previous secret if nothing more was signed with it.',
    notBefore: new Date(now().getTime() + QUIET_MS),
  };
  switch (step.step) {
    case 'rotate':
      return {
        step: 'rotate',
        says: 'Resend has a new secret, and signs with both for 24 h; the new one is stored, the one before it stays valid.',
        ...later,
        perform: async () => secret.store(await webhooks.rotate(step.webhookId), randomUUID()),
      };
    case 'adopt':
      return {
        step: 'adopt',
        says: 'Resend signs with a secret that was not stored; now it is, beside the one before it.',
        ...later,
        perform: () => secret.store(step.secret, randomUUID()),
      };
    case 'restore':
      return {
        step: 'restore',
        says: 'Resend signs with the previous secret, so that is the current one again.',
        ...later,
        perform: () => secret.makeCurrent(step.versionId, step.instead),
      };
    case 'drop':
      return {
        step: 'drop',
        says: `The previous secret is safe to drop, unused since ${step.since.toISOString()}, and is dropped.`,
        next: 'Nothing: the rotation is done.',
        perform: () => secret.dropPrevious(step.versionId),
      };
    default:
      return planOfRest(step, 'resend');
  }
}
