import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextResendAction } from '../../../lambdas/signing-secrets/resend-rotation.ts';
import { makePlanResendRotation } from '../../../lambdas/signing-secrets/resend-rotation-plan.ts';
import type { ResendWebhooks } from '../../../lambdas/signing-secrets/resend-webhooks-api.ts';
import { HOUR_MS, KilledError, RotationWorld } from '../../support/providers/rotation-world.ts';

const OVERLAP_MS = 24 * HOUR_MS;

/**
 * Adds Resend to the simulated world. Resend signs with the newest secret, and for 24 h also with
 * the one before.
 */
class ResendWorld extends RotationWorld {
  newest = 'secret 1';
  older: { readonly secret: string; readonly until: number } | undefined;
  rotations = 0;
  readonly #showsSecret: boolean;

  constructor(showsSecret: boolean) {
    super('secret 1');
    this.#showsSecret = showsSecret;
  }

  readonly resend: ResendWebhooks = {
    list: async () => [{ id: 'webhook', secret: this.#showsSecret ? this.newest : undefined }],
    rotate: async () =>
      this.affect(() => {
        this.rotations += 1;
        this.older = { secret: this.newest, until: this.now + OVERLAP_MS };
        this.newest = `secret ${this.rotations + 1}`;
        return this.newest;
      }),
  };

  /** Sends one event. Returns true if the verifier accepts it. */
  sendEvent(): boolean {
    const older =
      this.older !== undefined && this.now < this.older.until ? [this.older.secret] : [];
    return this.verify([this.newest, ...older]);
  }

  async rotate(effectsToLive = Number.POSITIVE_INFINITY, force = false): Promise<string> {
    const plan = await makePlanResendRotation({
      webhooks: this.resend,
      secret: this.secret,
      readUsage: this.readUsage,
      now: () => new Date(this.now),
    })(force);
    this.effectsToLive = effectsToLive;
    try {
      await plan.perform?.();
      return plan.action;
    } catch (error) {
      if (error instanceof KilledError) return 'killed';
      throw error;
    }
  }
}

/** Sends an event and runs the command every four hours until the rotation is done. */
async function rotateUntilDone(world: ResendWorld): Promise<readonly string[]> {
  const actions: string[] = [];
  for (let run = 0; run < 40; run += 1) {
    expect(world.sendEvent()).toBe(true);
    const action = await world.rotate();
    actions.push(action);
    if (action === 'done' || action === 'drop') return actions;
    world.now += 4 * HOUR_MS;
  }
  return actions;
}

const activity = fc.record({
  effects: fc.constantFrom(1, 2, 99),
  hours: fc.double({ min: 0, max: 20, noNaN: true }),
});

test.each([true, false])(
  'ends and rejects no delivery, wherever runs were killed (Resend shows its secret: %s)',
  async (showsSecret) => {
    await fc.assert(
      fc.asyncProperty(fc.array(activity, { maxLength: 12, size: 'max' }), async (before) => {
        const world = new ResendWorld(showsSecret);
        for (const { effects, hours } of before) {
          const action = await world.rotate(effects);
          // Completes a killed rotation at once. After two killed rotations in a row, Resend signs
          // only with secrets that are not stored, and does not show them.
          if (action === 'killed' && !world.isStored(world.newest)) await world.rotate();
          expect(world.sendEvent()).toBe(true);
          world.now += Math.round(hours * HOUR_MS);
          expect(world.sendEvent()).toBe(true);
        }
        const actions = await rotateUntilDone(world);

        expect(['done', 'drop']).toContain(actions.at(-1));
        expect(world.current?.value).toBe(world.newest);
        expect(world.previous).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  },
);

test('rotates once, waits 27 hours and drops the old secret', async () => {
  const world = new ResendWorld(true);

  expect([...new Set(await rotateUntilDone(world))]).toEqual(['rotate', 'wait', 'drop']);
  expect(world.rotations).toBe(1);
});

test('stores the secret of a run that died after it had rotated', async () => {
  const world = new ResendWorld(true);
  expect(await world.rotate(1)).toBe('killed');
  expect(world.isStored(world.newest)).toBe(false);

  world.now += 30 * HOUR_MS;
  expect(world.sendEvent()).toBe(false);
  expect(await world.rotate()).toBe('adopt');
  expect(world.sendEvent()).toBe(true);
  expect(world.rotations).toBe(1);
});

describe('nextResendAction', () => {
  const now = new Date('2026-03-10T00:00:00Z');
  const hoursAgo = (hours: number, milliseconds = 0) =>
    new Date(now.getTime() - hours * HOUR_MS - milliseconds);
  const state = {
    versions: {
      current: { id: 'v2', createdAt: hoursAgo(60) },
      previous: { id: 'v1', createdAt: hoursAgo(5_000) },
    },
    webhooks: [{ id: 'webhook', secret: 'two' }],
    stored: { current: 'two', previous: 'one' },
    usage: { current: hoursAgo(1), previous: hoursAgo(27) },
    now,
    force: false,
  };

  test('drops the previous secret after 27 hours without use, and not 1 ms earlier', () => {
    expect(nextResendAction(state)).toMatchObject({ action: 'drop', versionId: 'v1' });
    const busy = { ...state, usage: { ...state.usage, previous: hoursAgo(27, -1) } };
    expect(nextResendAction(busy)).toMatchObject({ action: 'wait', reason: 'quiet-period' });
  });

  test('makes the previous version current if Resend signs with it', () => {
    const swapped = { ...state, webhooks: [{ id: 'webhook', secret: 'one' }] };
    expect(nextResendAction(swapped)).toEqual({
      action: 'restore',
      versionId: 'v1',
      replaces: 'v2',
    });
  });

  test('rotates a secret that is a week old, and a newer one only with force', () => {
    const single = (hours: number, milliseconds = 0) => ({
      ...state,
      versions: {
        current: { id: 'v2', createdAt: hoursAgo(hours, milliseconds) },
        previous: undefined,
      },
      stored: { current: 'two', previous: undefined },
    });
    expect(nextResendAction(single(168))).toMatchObject({ action: 'rotate' });
    expect(nextResendAction(single(168, -1))).toEqual({ action: 'done' });
    expect(nextResendAction({ ...single(1), force: true })).toMatchObject({ action: 'rotate' });
  });

  test('starts no second rotation with force while one is in progress', () => {
    const usage = { current: undefined, previous: undefined };
    expect(nextResendAction({ ...state, usage, force: true })).toMatchObject({ action: 'wait' });
  });

  test.each([
    ['no webhook', [], 'from another Resend team'],
    [
      'two webhooks',
      [
        { id: 'one', secret: 'two' },
        { id: 'two', secret: 'x' },
      ],
      'Keep one, which signs with the stored secret, and delete two.',
    ],
  ])('is blocked by %s', (_, webhooks, message) => {
    expect(nextResendAction({ ...state, webhooks })).toMatchObject({
      action: 'blocked',
      message: expect.stringContaining(message),
    });
  });
});

describe('an unusable secret of Resend', () => {
  test('is not stored after a rotation, and blocks the next run until it is replaced', async () => {
    const world = new ResendWorld(true);
    const before = world.current;
    world.faulty.add('secret 2');

    await expect(world.rotate()).rejects.toThrow(
      'The secret is faulty. The stored secret was not changed.',
    );
    await expect(world.rotate()).resolves.toBe('blocked');

    expect(world.current).toEqual(before);
    expect(world.previous).toBeUndefined();
    expect(world.sendEvent()).toBe(true);
    world.newest = 'secret 3';
    await expect(world.rotate()).resolves.toBe('adopt');
    expect(world.current?.value).toBe('secret 3');
  });

  test('does not become current again', async () => {
    const world = new ResendWorld(true);
    world.previous = world.current;
    world.current = { id: 'newer', value: 'secret 2', createdAt: new Date(world.now) };
    world.faulty.add('secret 1');

    await expect(world.rotate()).resolves.toBe('blocked');

    expect(world.current.value).toBe('secret 2');
  });
});
