import type { SecretVersions } from '../platform/aws/secret-versions.ts';
import type { PreviousVersionUsage, VersionUsage } from './version-usage.ts';

/**
 * State from which a rotation derives its next action. A rotation stores no progress of its own, so
 * a run continues from any point at which an earlier run was interrupted.
 */
export interface RotationState {
  readonly versions: SecretVersions;
  readonly usage: VersionUsage;
  readonly now: Date;
  /** Starts a rotation even if the secret is less than a week old, because it may have leaked. */
  readonly force: boolean;
}

/**
 * Actions that change nothing. `blocked` needs a correction by an operator before the rotation can
 * continue.
 */
export type PassiveAction =
  | { readonly action: 'done' }
  | {
      readonly action: 'wait';
      readonly reason: 'quiet-period' | 'retries' | 'other-run';
      readonly until: Date;
    }
  | { readonly action: 'wait'; readonly reason: 'delivery'; readonly until?: never }
  | { readonly action: 'blocked'; readonly message: string };

export interface RotationPlan {
  readonly action: string;
  /** Describes in one or two sentences what the action does, or why no change is due. */
  readonly message: string;
  /** Instruction for the operator, in one or two sentences. */
  readonly nextStep: string;
  /** Earliest time of the next step. */
  readonly notBefore?: Date;
  /**
   * Applies the changes in an order in which an interruption never loses a secret. Missing for a
   * passive action.
   */
  readonly perform?: () => Promise<void>;
}

export type PlanRotation = (force: boolean) => Promise<RotationPlan>;

const RECENT_MS = 7 * 86_400_000;

/**
 * Returns true if the secret was rotated within a week and `force` is not set. Without this check,
 * a call after the last step of a rotation would start the next rotation.
 */
export function isRotationDone({ versions, now, force }: RotationState): boolean {
  const { current } = versions;
  return !force && current !== undefined && now.getTime() - current.createdAt.getTime() < RECENT_MS;
}

export const blocked = (message: string): PassiveAction => ({ action: 'blocked', message });

/**
 * Waits for the end of the quiet period, or for the delivery that proves that the new version is in
 * use.
 */
export const waitForQuiet = (
  previous: Exclude<PreviousVersionUsage, { status: 'quiet' }>,
): PassiveAction =>
  previous.status === 'in-use'
    ? { action: 'wait', reason: 'quiet-period', until: previous.until }
    : { action: 'wait', reason: 'delivery' };

export function planPassiveAction(passive: PassiveAction, provider: string): RotationPlan {
  switch (passive.action) {
    case 'done':
      return {
        action: 'done',
        message:
          `The signing secret of ${provider} is less than a week old, ` +
          'and no previous secret is valid.',
        nextStep: 'Nothing to do. If the secret has leaked, rotate it with --force.',
      };
    case 'blocked':
      return {
        action: 'blocked',
        message: passive.message,
        nextStep: 'Correct this, then run the command again.',
      };
    case 'wait': {
      const plan: RotationPlan = { action: 'wait', ...waitTexts[passive.reason] };
      return passive.until === undefined ? plan : { ...plan, notBefore: passive.until };
    }
  }
}

const waitTexts = {
  'quiet-period': {
    message:
      'Both secrets are valid. The previous secret may still be in use: ' +
      'it must be unused for 27 h before it is dropped.',
    nextStep:
      'Run the command again at that time. ' +
      'It drops the previous secret if no delivery was signed with it.',
  },
  retries: {
    message:
      'Both webhooks deliver. Mux retries earlier failed deliveries for 24 h, ' +
      'and only through the old webhook.',
    nextStep: 'Run the command again at that time. It disables the old webhook.',
  },
  'other-run': {
    message: 'Another run may be in progress: the secret of one webhook is not stored yet.',
    nextStep:
      'Run the command again at that time. It deletes the webhook if its secret was not stored.',
  },
  delivery: {
    message:
      'Both secrets are valid. No delivery has been signed with the new secret yet, ' +
      'so the previous secret stays.',
    nextStep:
      'Run the command again after the next delivery, ' +
      'for example a test event from the provider’s dashboard. ' +
      'Deliveries count from ten minutes after the new secret was stored.',
  },
} as const;
