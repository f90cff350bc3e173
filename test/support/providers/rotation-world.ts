import {
  type RotatedSecret,
  UnusableSecretError,
  type VersionOfSecret,
} from '../../../lambdas/platform/aws/secret-versions.ts';
import { QUIET_MS, type VersionUsage } from '../../../lambdas/signing-secrets/version-usage.ts';

export const HOUR_MS = 3_600_000;
const PERIOD_MS = 300_000;

/** Ends a run between two effects, as a crash or a timeout of the function does. */
export class KilledError extends Error {}

interface StoredVersion extends VersionOfSecret {
  readonly value: string;
}

/** A delivery that the verifier accepted, with the secret that verified it. */
export interface SecretUse {
  readonly at: number;
  readonly value: string;
  readonly as: 'current' | 'previous';
}

/**
 * Simulates time, Secrets Manager, the verifier and its metrics for a rotation. Version labels move
 * as AWS documents, and the verifier caches a secret for five minutes.
 */
export class RotationWorld {
  now = Date.parse('2026-03-01T00:00:00Z');
  /**
   * Number of effects after which the run is killed: the last effect is done, but the run does not
   * see its result.
   */
  effectsToLive = Number.POSITIVE_INFINITY;
  current: StoredVersion | undefined;
  previous: StoredVersion | undefined;
  /** Values that the verifier rejects. */
  readonly faulty = new Set<string>();
  readonly uses: SecretUse[] = [];
  #cache:
    | {
        readonly at: number;
        readonly current: StoredVersion | undefined;
        readonly previous: StoredVersion | undefined;
      }
    | undefined;

  constructor(value: string, ageDays = 170) {
    this.current = { id: 'by-hand', value, createdAt: new Date(this.now - ageDays * 24 * HOUR_MS) };
  }

  /** Performs an effect on the outside, and kills the run once `effectsToLive` is used up. */
  affect<Result>(effect: () => Result): Result {
    if (this.effectsToLive <= 0) throw new KilledError();
    const result = effect();
    this.effectsToLive -= 1;
    if (this.effectsToLive <= 0) throw new KilledError();
    return result;
  }

  readonly secret: RotatedSecret = {
    versions: async () => ({ current: this.current, previous: this.previous }),
    value: async (stage) => (stage === 'AWSCURRENT' ? this.current : this.previous)?.value,
    faultOf: (value) => (this.faulty.has(value) ? 'The secret is faulty.' : undefined),
    store: async (value, id) =>
      this.affect(() => {
        if (this.faulty.has(value)) throw new UnusableSecretError('The secret is faulty.');
        this.previous = this.current;
        this.current = { id, value, createdAt: new Date(this.now) };
      }),
    makeCurrent: async (to, from) =>
      this.affect(() => {
        if (this.previous?.id !== to || this.current?.id !== from)
          throw new Error('The labels belong to other versions.');
        [this.current, this.previous] = [this.previous, this.current];
      }),
    dropPrevious: async (id) =>
      this.affect(() => {
        if (this.previous?.id !== id) throw new Error('The label belongs to another version.');
        this.previous = undefined;
      }),
  };

  readonly readUsage = async (): Promise<VersionUsage> => {
    const last = (as: SecretUse['as'], addMs: number) => {
      const times = this.uses
        .filter((use) => use.as === as)
        .map(({ at }) => at - (at % PERIOD_MS) + addMs);
      return times.length === 0 ? undefined : new Date(Math.max(...times));
    };
    return { current: last('current', 0), previous: last('previous', PERIOD_MS) };
  };

  /** Returns true if the verifier accepts a delivery that is signed with these secrets. */
  verify(signedWith: readonly string[]): boolean {
    const fresh = { at: this.now, current: this.current, previous: this.previous };
    if (this.#cache === undefined || this.now - this.#cache.at >= PERIOD_MS) this.#cache = fresh;
    if (this.#matches(this.#cache, signedWith)) return true;
    this.#cache = fresh;
    return this.#matches(fresh, signedWith);
  }

  #matches(
    { current, previous }: Pick<RotationWorld, 'current' | 'previous'>,
    signedWith: readonly string[],
  ): boolean {
    const matched = [
      { stored: current, as: 'current' as const },
      { stored: previous, as: 'previous' as const },
    ].find(({ stored }) => stored !== undefined && signedWith.includes(stored.value));
    if (matched?.stored === undefined) return false;
    this.uses.push({ at: this.now, value: matched.stored.value, as: matched.as });
    return true;
  }

  /** Returns true if in the last 27 h deliveries were signed, but none of them with this secret. */
  isQuiet(value: string): boolean {
    const recent = this.uses.filter(({ at }) => at > this.now - QUIET_MS);
    return recent.every((use) => use.value !== value) && recent.length > 0;
  }

  isStored(value: string): boolean {
    return [this.current?.value, this.previous?.value].includes(value);
  }
}
