import type {
  RotatedSecret,
  VersionOfSecret,
} from '../../../lambdas/platform/aws/secret-versions.ts';
import { QUIET_MS, type VersionUse } from '../../../lambdas/signing-secrets/version-usage.ts';

export const HOUR_MS = 3_600_000;
const PERIOD_MS = 300_000;

/** The run ends here, as when the function is stopped. */
export class Killed extends Error {}

interface Kept extends VersionOfSecret {
  readonly value: string;
}

export interface Used {
  readonly at: number;
  readonly value: string;
  readonly as: 'current' | 'previous';
}

/**
 * Time, Secrets Manager, the verifier and its metric, as a rotation meets them: labels move as AWS documents it, and the
 * verifier keeps what it has read for five minutes.
 */
export class RotationWorld {
  now = Date.parse('2026-03-01T00:00:00Z');
  /** Effects until the run is killed, in the middle of the next: after it was done, and before anybody knew. */
  effectsToLive = Number.POSITIVE_INFINITY;
  current: Kept | undefined;
  previous: Kept | undefined;
  readonly uses: Used[] = [];
  #read:
    | {
        readonly at: number;
        readonly current: Kept | undefined;
        readonly previous: Kept | undefined;
      }
    | undefined;

  constructor(value: string, ageDays = 170) {
    this.current = { id: 'by-hand', value, createdAt: new Date(this.now - ageDays * 24 * HOUR_MS) };
  }

  /** Every effect goes through here. */
  affect<Result>(effect: () => Result): Result {
    if (this.effectsToLive <= 0) throw new Killed();
    const result = effect();
    this.effectsToLive -= 1;
    if (this.effectsToLive <= 0) throw new Killed();
    return result;
  }

  readonly secret: RotatedSecret = {
    versions: async () => ({ current: this.current, previous: this.previous }),
    value: async (stage) => (stage === 'AWSCURRENT' ? this.current : this.previous)?.value,
    store: async (value, id) =>
      this.affect(() => {
        this.previous = this.current;
        this.current = { id, value, createdAt: new Date(this.now) };
      }),
    makeCurrent: async (to, from) =>
      this.affect(() => {
        if (this.previous?.id !== to || this.current?.id !== from)
          throw new Error('The labels are elsewhere.');
        [this.current, this.previous] = [this.previous, this.current];
      }),
    dropPrevious: async (id) =>
      this.affect(() => {
        if (this.previous?.id !== id) throw new Error('The label is elsewhere.');
        this.previous = undefined;
      }),
  };

  readonly readUse = async (): Promise<VersionUse> => {
    const last = (as: Used['as'], addMs: number) => {
      const times = this.uses
        .filter((use) => use.as === as)
        .map(({ at }) => at - (at % PERIOD_MS) + addMs);
      return times.length === 0 ? undefined : new Date(Math.max(...times));
    };
    return { current: last('current', 0), previous: last('previous', PERIOD_MS) };
  };

  /** @returns whether the verifier takes a delivery that carries signatures with these. */
  verify(signedWith: readonly string[]): boolean {
    const fresh = { at: this.now, current: this.current, previous: this.previous };
    if (this.#read === undefined || this.now - this.#read.at >= PERIOD_MS) this.#read = fresh;
    if (this.#matches(this.#read, signedWith)) return true;
    this.#read = fresh;
    return this.#matches(fresh, signedWith);
  }

  #matches(
    { current, previous }: Pick<RotationWorld, 'current' | 'previous'>,
    signedWith: readonly string[],
  ): boolean {
    const matched = [
      { kept: current, as: 'current' as const },
      { kept: previous, as: 'previous' as const },
    ].find(({ kept }) => kept !== undefined && signedWith.includes(kept.value));
    if (matched?.kept === undefined) return false;
    this.uses.push({ at: this.now, value: matched.kept.value, as: matched.as });
    return true;
  }

  /** Whether nothing has been signed with it for 27 hours, while something was with another. */
  isQuiet(value: string): boolean {
    const lately = this.uses.filter(({ at }) => at > this.now - QUIET_MS);
    return lately.every((use) => use.value !== value) && lately.length > 0;
  }

  isStored(value: string): boolean {
    return [this.current?.value, this.previous?.value].includes(value);
  }
}
