import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextResendStep } from '../../../lambdas/signing-secrets/resend-rotation.ts';
import { makePlanResendRotation } from '../../../lambdas/signing-secrets/resend-rotation-plan.ts';
import type { ResendWebhooks } from '../../../lambdas/signing-secrets/resend-webhooks-api.ts';
import { HOUR_MS, Killed, RotationWorld } from '../../support/providers/rotation-world.ts';

const BOTH_MS = 24 * HOUR_MS;

/** Resend, beside the world of the secret: it signs with the newest, and for a day with the one before it. */
class ResendWorld extends RotationWorld {
  newest = 'secret 1';
  older: { readonly secret: string; readonly until: number } | undefined;
  rotations = 0;
  readonly #shows: boolean;

  constructor(shows: boolean) {
    super('secret 1');
    this.#shows = shows;
  }

  readonly resend: ResendWebhooks = {
    list: async () => [{ id: 'webhook', secret: this.#shows ? this.newest : undefined }],
    rotate: async () =>
      this.affect(() => {
        this.rotations += 1;
        this.older = { secret: this.newest, until: this.now + BOTH_MS };
        this.newest = `secret ${this.rotations + 1}`;
        return this.newest;
      }),
  };

  event(): boolean {
    const older =
      this.older !== undefined && this.now < this.older.until ? [this.older.secret] : [];
    return this.verify([this.newest, ...older]);
  }

  async rotate(effectsToLive = Number.POSITIVE_INFINITY, anew = false): Promise<string> {
    const plan = await makePlanResendRotation({
      ...{ webhooks: this.resend, secret: this.secret, readUse: this.readUse },
      now: () => new Date(this.now),
    })(anew);
    this.effectsToLive = effectsToLive;
    try {
      await plan.perform?.();
      return plan.step;
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    }
  }
}

async function untilDone(world: ResendWorld): Promise<readonly string[]> {
  const steps: string[] = [];
  for (let tries = 0; tries < 40; tries += 1) {
    expect(world.event()).toBe(true);
    const step = await world.rotate();
    steps.push(step);
    if (step === 'done' || step === 'drop') return steps;
    world.now += 4 * HOUR_MS;
  }
  return steps;
}

const deed = fc.record({
  effects: fc.constantFrom(1, 2, 99),
  hours: fc.double({ min: 0, max: 20, noNaN: true }),
});

test.each([true, false])(
  'killed anywhere and repeated within a day, it ends, and no delivery is refused (Resend shows its secret: %s)',
  async (shows) => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 12, size: 'max' }), async (before) => {
        const world = new ResendWorld(shows);
        for (const { effects, hours } of before) {
          // Where Resend shows nothing, what was rotated twice in a row is signed with the second and the first alone.
          const outcome = await world.rotate(effects);
          if (outcome === 'killed' && !world.isStored(world.newest)) await world.rotate();
          expect(world.event()).toBe(true);
          world.now += Math.round(hours * HOUR_MS);
          expect(world.event()).toBe(true);
        }
        const steps = await untilDone(world);

        expect(['done', 'drop']).toContain(steps.at(-1));
        expect(world.current?.value).toBe(world.newest);
        expect(world.previous).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  },
);

test('undisturbed it rotates once, waits until the old secret has been silent for 27 hours, and drops it', async () => {
  const world = new ResendWorld(true);

  expect([...new Set(await untilDone(world))]).toEqual(['rotate', 'wait', 'drop']);
  expect(world.rotations).toBe(1);
});

test('a run that died between Resend and the store is made good by the next, without another rotation', async () => {
  const world = new ResendWorld(true);
  expect(await world.rotate(1)).toBe('killed');
  expect(world.isStored(world.newest)).toBe(false);

  world.now += 30 * HOUR_MS;
  expect(world.event()).toBe(false);
  expect(await world.rotate()).toBe('adopt');
  expect(world.event()).toBe(true);
  expect(world.rotations).toBe(1);
});

describe('the step, from what is seen', () => {
  const now = new Date('2026-03-10T00:00:00Z');
  const hoursAgo = (hours: number, milliseconds = 0) =>
    new Date(now.getTime() - hours * HOUR_MS - milliseconds);
  const seen = {
    versions: {
      current: { id: 'v2', createdAt: hoursAgo(60) },
      previous: { id: 'v1', createdAt: hoursAgo(5_000) },
    },
    webhooks: [{ id: 'webhook', secret: 'two' }],
    stored: { current: 'two', previous: 'one' },
    use: { current: hoursAgo(1), previous: hoursAgo(27) },
    ...{ now, anew: false },
  };

  test('27 hours of silence are enough, and a moment less is not', () => {
    expect(nextResendStep(seen)).toMatchObject({ step: 'drop', versionId: 'v1' });
    const busy = { ...seen, use: { ...seen.use, previous: hoursAgo(27, -1) } };
    expect(nextResendStep(busy)).toMatchObject({ step: 'wait', for: 'quiet' });
  });

  test('a secret of Resend’s that is stored as the previous one becomes the current one', () => {
    const swapped = { ...seen, webhooks: [{ id: 'webhook', secret: 'one' }] };
    expect(nextResendStep(swapped)).toEqual({ step: 'restore', versionId: 'v1', instead: 'v2' });
  });

  test('a secret that is a week old is rotated, a newer one only anew, and only where no rotation is under way', () => {
    const alone = (hours: number, milliseconds = 0) => ({
      ...seen,
      versions: {
        current: { id: 'v2', createdAt: hoursAgo(hours, milliseconds) },
        previous: undefined,
      },
      stored: { current: 'two', previous: undefined },
    });
    expect(nextResendStep(alone(168))).toMatchObject({ step: 'rotate' });
    expect(nextResendStep(alone(168, -1))).toEqual({ step: 'done' });
    expect(nextResendStep({ ...alone(1), anew: true })).toMatchObject({ step: 'rotate' });
    expect(
      nextResendStep({ ...seen, use: { current: undefined, previous: undefined }, anew: true }),
    ).toMatchObject({
      step: 'wait',
    });
  });

  test.each([
    ['no webhook', [], 'that of another team'],
    [
      'several',
      [
        { id: 'one', secret: 'two' },
        { id: 'two', secret: 'x' },
      ],
      'delete all but one',
    ],
  ])('%s is not guessed at', (_, webhooks, because) => {
    expect(nextResendStep({ ...seen, webhooks })).toMatchObject({
      step: 'refuse',
      because: expect.stringContaining(because),
    });
  });
});
