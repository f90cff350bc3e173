import type { SecretVersions } from '../platform/aws/secret-versions.ts';
import type { VersionUse } from './version-usage.ts';

/** What a rotation knows of itself: nothing but what it sees, so that it goes on from wherever it was left. */
export interface Observed {
  readonly versions: SecretVersions;
  readonly use: VersionUse;
  readonly now: Date;
  /** Rotates a secret that is new, too: it may have leaked. */
  readonly anew: boolean;
}

/** Nothing is to be done now. */
export type Rest =
  | { readonly step: 'done' }
  | { readonly step: 'wait'; readonly for: 'quiet' | 'retries' | 'other-run'; readonly until: Date }
  | { readonly step: 'wait'; readonly for: 'delivery'; readonly until?: never }
  /** Somebody has to put right what no rotation leaves behind. */
  | { readonly step: 'refuse'; readonly because: string };

/** What an operator is told, and the step itself. Its effects come in the order in which none of them loses a secret. */
export interface Plan {
  readonly step: string;
  /** In one sentence what this does, or why it does nothing. */
  readonly says: string;
  readonly next: string;
  readonly notBefore?: Date;
  readonly perform?: () => Promise<void>;
}

export type PlanRotation = (anew: boolean) => Promise<Plan>;

// A second call after the last step must not begin the next rotation.
const NEW_MS = 7 * 86_400_000;

/** @returns undefined where a rotation is to begin. */
export function restBetweenRotations({ versions, now, anew }: Observed): Rest | undefined {
  const isNew =
    versions.current !== undefined && now.getTime() - versions.current.createdAt.getTime() < NEW_MS;
  return isNew && !anew ? { step: 'done' } : undefined;
}

export function planOfRest(rest: Rest, provider: string): Plan {
  if (rest.step === 'done')
    return {
      step: 'done',
      says: `The signing secret of ${provider} is less than a week old, and no previous one is valid.`,
      next: 'Nothing. If it has leaked, --anew rotates it all the same.',
    };
  if (rest.step === 'refuse')
    return { step: 'refused', says: rest.because, next: 'Put that right, and run this again.' };
  const { says, next } = waits[rest.for];
  return { step: 'wait', says, next, ...(rest.until && { notBefore: rest.until }) };
}

const waits = {
  quiet: {
    says: 'Both secrets are valid. The previous one may still be in use: it has to be unused for 27 h.',
    next: 'Run this again then; it drops the previous one if nothing more was signed with it.',
  },
  retries: {
    says: 'Both webhooks are at work. What failed before there were two comes again by the old one alone, for 24 h.',
    next: 'Run this again then; it disables the old webhook.',
  },
  'other-run': {
    says: 'Another run seems to be at work: there is a webhook whose secret is not stored yet.',
    next: 'Run this again then; it discards that webhook if its secret has been lost.',
  },
  delivery: {
    says: 'Both secrets are valid. No delivery has been signed with the newer one yet, so the older one stays.',
    next: 'Run this again after a delivery; a test event from the provider’s dashboard is one. It is counted from ten minutes after the secret was stored on.',
  },
} as const;
