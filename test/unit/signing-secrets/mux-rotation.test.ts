import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makePlanMuxRotation } from '../../../lambdas/signing-secrets/mux-rotation-plan.ts';
import { versionIdOf } from '../../../lambdas/signing-secrets/mux-webhook-assignment.ts';
import type { MuxWebhook, MuxWebhooks } from '../../../lambdas/signing-secrets/mux-webhooks-api.ts';
import { HOUR_MS, KilledError, RotationWorld } from '../../support/providers/rotation-world.ts';

const ADDRESS = 'https://api.example/api/v1/webhooks/mux';

/** Adds Mux to the simulated world. Checks at every effect that no secret in use is lost. */
class MuxWorld extends RotationWorld {
  webhooks: (MuxWebhook & { readonly secret: string })[] = [];
  maxWebhooks = 1;
  #created = 0;

  constructor() {
    super('secret of the first');
    this.#add(ADDRESS, 'secret of the first');
  }

  #add(address: string, secret: string) {
    this.#created += 1;
    const webhook = {
      id: `webhook-${this.#created}`,
      address,
      enabled: true,
      createdAt: new Date(this.now),
      secret,
    };
    this.webhooks.push(webhook);
    this.maxWebhooks = Math.max(this.maxWebhooks, this.webhooks.length);
    return webhook;
  }

  readonly mux: MuxWebhooks = {
    list: async () => this.webhooks.map(({ secret: _, ...webhook }) => webhook),
    create: async (mark) =>
      this.affect(() => {
        const address = `${ADDRESS}?${new URLSearchParams(mark)}`;
        if (this.webhooks.some((webhook) => webhook.address === address))
          throw new Error('The address exists already.');
        return this.#add(address, `secret ${this.#created + 1}`);
      }),
    disable: async (id) =>
      this.affect(() => {
        this.webhooks = this.webhooks.map((webhook) =>
          webhook.id === id ? { ...webhook, enabled: false } : webhook,
        );
      }),
    delete: async (id) =>
      this.affect(() => {
        const deleted = this.webhooks.find((webhook) => webhook.id === id);
        // A secret that was never stored was never accepted; a stored secret must be unused for 27
        // h.
        if (deleted && this.isStored(deleted.secret))
          expect(this.isQuiet(deleted.secret)).toBe(true);
        this.webhooks = this.webhooks.filter((webhook) => webhook.id !== id);
      }),
  };

  /**
   * Sends one event to each webhook. Returns true if the verifier accepts at least one of the
   * deliveries.
   */
  sendEvent(): boolean {
    return this.webhooks
      .filter(({ enabled }) => enabled)
      .map(({ secret }) => this.verify([secret]))
      .includes(true);
  }

  async rotate(effectsToLive = Number.POSITIVE_INFINITY): Promise<string> {
    const plan = await makePlanMuxRotation({
      webhooks: this.mux,
      secret: this.secret,
      readUsage: this.readUsage,
      now: () => new Date(this.now),
    })(false);
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

type Activity =
  | { readonly kind: 'rotate'; readonly effects: number }
  | { readonly kind: 'event' }
  | { readonly kind: 'wait'; readonly hours: number };

const effects = fc.constantFrom(1, 2, 99);
const activity: fc.Arbitrary<Activity> = fc.oneof(
  fc.record({ kind: fc.constant('rotate' as const), effects }),
  fc.record({ kind: fc.constant('event' as const) }),
  fc.record({
    kind: fc.constant('wait' as const),
    hours: fc.double({ min: 0, max: 30, noNaN: true }),
  }),
);

async function simulate(world: MuxWorld, one: Activity): Promise<string | undefined> {
  if (one.kind === 'wait') world.now += Math.round(one.hours * HOUR_MS);
  if (one.kind === 'event') expect(world.sendEvent()).toBe(true);
  return one.kind === 'rotate' ? world.rotate(one.effects) : undefined;
}

/**
 * Sends an event and runs the command every four hours until the rotation is done.
 *
 * @param kills Number of effects after which each of the first runs is killed.
 * @returns the actions of all runs.
 */
async function rotateUntilDone(
  world: MuxWorld,
  kills: readonly number[] = [],
): Promise<readonly string[]> {
  const actions: string[] = [];
  for (let run = 0; run < 60; run += 1) {
    expect(world.sendEvent()).toBe(true);
    const action = await world.rotate(kills[run]);
    actions.push(action);
    if (action === 'done' || action === 'drop') return actions;
    world.now += 4 * HOUR_MS;
  }
  return actions;
}

test('ends and loses no event, wherever runs are killed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(activity, { maxLength: 25, size: 'max' }),
      fc.array(effects, { maxLength: 40, size: 'max' }),
      async (before, kills) => {
        const world = new MuxWorld();
        for (const one of before) {
          await simulate(world, one);
          expect(world.sendEvent()).toBe(true);
        }
        const actions = await rotateUntilDone(world, kills);

        expect(['done', 'drop']).toContain(actions.at(-1));
        expect(world.maxWebhooks).toBeLessThanOrEqual(2);
        expect(world.webhooks.filter(({ secret }) => secret === world.current?.value)).toHaveLength(
          1,
        );
        expect(world.webhooks).toHaveLength(1);
        expect(world.previous).toBeUndefined();
      },
    ),
    { numRuns: 300 },
  );
});

test('makes the previous secret current if the newer webhook is deleted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(activity, { maxLength: 8 }), async (between) => {
      const world = new MuxWorld();
      await world.rotate();
      const newer = world.webhooks.at(-1)?.id;
      for (const one of between.filter(({ kind }) => kind !== 'rotate')) await simulate(world, one);
      world.webhooks = world.webhooks.filter(({ id }) => id !== newer);

      expect(world.sendEvent()).toBe(true);
      expect(await world.rotate()).toBe('restore');
      expect(world.current?.value).toBe('secret of the first');
      expect(['done', 'drop']).toContain((await rotateUntilDone(world)).at(-1));
    }),
    { numRuns: 50 },
  );
});

test('creates, waits, disables, waits and drops when no run is interrupted', async () => {
  const world = new MuxWorld();

  const actions = await rotateUntilDone(world);

  expect([...new Set(actions)]).toEqual(['create', 'wait', 'disable', 'drop']);
  expect(world.webhooks).toHaveLength(1);
  expect(world.current?.id).toBe(versionIdOf(world.webhooks[0]?.id ?? ''));
});

test('drops nothing without a delivery, however much time passes', async () => {
  const world = new MuxWorld();
  await world.rotate();
  for (let days = 0; days < 60; days += 1) {
    world.now += 24 * HOUR_MS;
    expect(await world.rotate()).toBe('wait');
  }
  expect(world.webhooks.every(({ enabled }) => enabled)).toBe(true);
});

test('rejects an unusable secret of Mux, and succeeds with that of the next webhook', async () => {
  const world = new MuxWorld();
  const before = world.current;
  world.faulty.add('secret 2');

  await expect(world.rotate()).rejects.toThrow(
    'The secret is faulty. The stored secret was not changed.',
  );

  expect(world.current).toEqual(before);
  expect(world.webhooks).toHaveLength(1);
  expect(world.sendEvent()).toBe(true);
  await expect(world.rotate()).resolves.toBe('create');
  expect(world.current?.value).toBe('secret 3');
});
