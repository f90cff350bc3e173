import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type MuxWebhook,
  nextMuxStep,
  versionOf,
} from '../../../lambdas/signing-secrets/mux-rotation.ts';
import { makePlanMuxRotation } from '../../../lambdas/signing-secrets/mux-rotation-plan.ts';
import type { MuxWebhooks } from '../../../lambdas/signing-secrets/mux-webhooks-api.ts';
import { HOUR_MS, Killed, RotationWorld } from '../../support/providers/rotation-world.ts';

const ADDRESS = 'https://api.example/api/v1/webhooks/mux';

/** Mux, beside the world of the secret. What must never be is checked at every effect. */
class MuxWorld extends RotationWorld {
  webhooks: (MuxWebhook & { readonly secret: string })[] = [];
  most = 1;
  #made = 0;

  constructor() {
    super('secret of the first');
    this.#add(ADDRESS, 'secret of the first');
  }

  #add(address: string, secret: string) {
    this.#made += 1;
    const made = {
      id: `webhook-${this.#made}`,
      address,
      enabled: true,
      createdAt: new Date(this.now),
      secret,
    };
    this.webhooks.push(made);
    this.most = Math.max(this.most, this.webhooks.length);
    return made;
  }

  readonly mux: MuxWebhooks = {
    list: async () => this.webhooks.map(({ secret: _, ...one }) => one),
    create: async (mark) =>
      this.affect(() => {
        const address = `${ADDRESS}?${new URLSearchParams(mark)}`;
        if (this.webhooks.some((one) => one.address === address))
          throw new Error('The address is taken.');
        return this.#add(address, `secret ${this.#made + 1}`);
      }),
    disable: async (id) =>
      this.affect(() => {
        this.webhooks = this.webhooks.map((one) =>
          one.id === id ? { ...one, enabled: false } : one,
        );
      }),
    delete: async (id) =>
      this.affect(() => {
        const gone = this.webhooks.find((one) => one.id === id);
        // What was never stored has never been accepted; what was, has to have been quiet.
        if (gone && this.isStored(gone.secret)) expect(this.isQuiet(gone.secret)).toBe(true);
        this.webhooks = this.webhooks.filter((one) => one.id !== id);
      }),
  };

  /** @returns whether one of the webhooks brings it. */
  event(): boolean {
    return this.webhooks
      .filter(({ enabled }) => enabled)
      .map(({ secret }) => this.verify([secret]))
      .includes(true);
  }

  async rotate(effectsToLive = Number.POSITIVE_INFINITY): Promise<string> {
    const plan = await makePlanMuxRotation({
      ...{ webhooks: this.mux, secret: this.secret, readUse: this.readUse },
      now: () => new Date(this.now),
    })(false);
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

type Deed =
  | { readonly deed: 'rotate'; readonly effects: number }
  | { readonly deed: 'event' }
  | { readonly deed: 'wait'; readonly hours: number };

const effects = fc.constantFrom(1, 2, 99);
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ deed: fc.constant('rotate' as const), effects }),
  fc.record({ deed: fc.constant('event' as const) }),
  fc.record({
    deed: fc.constant('wait' as const),
    hours: fc.double({ min: 0, max: 30, noNaN: true }),
  }),
);

async function live(world: MuxWorld, one: Deed): Promise<string | undefined> {
  if (one.deed === 'wait') world.now += Math.round(one.hours * HOUR_MS);
  if (one.deed === 'event') expect(world.event()).toBe(true);
  return one.deed === 'rotate' ? world.rotate(one.effects) : undefined;
}

/** Every four hours an event, and the command again. @returns the steps that it took. @param kills The first of them. */
async function untilDone(
  world: MuxWorld,
  kills: readonly number[] = [],
): Promise<readonly string[]> {
  const steps: string[] = [];
  for (let tries = 0; tries < 60; tries += 1) {
    expect(world.event()).toBe(true);
    const step = await world.rotate(kills[tries]);
    steps.push(step);
    if (step === 'done' || step === 'drop') return steps;
    world.now += 4 * HOUR_MS;
  }
  return steps;
}

test('whatever happened before and wherever it was killed, repeating it ends, and no event is lost on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deeds, { maxLength: 25, size: 'max' }),
      fc.array(effects, { maxLength: 40, size: 'max' }),
      async (before, kills) => {
        const world = new MuxWorld();
        for (const one of before) {
          await live(world, one);
          expect(world.event()).toBe(true);
        }
        const steps = await untilDone(world, kills);

        expect(['done', 'drop']).toContain(steps.at(-1));
        expect(world.most).toBeLessThanOrEqual(2);
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

test('where somebody deletes the newer webhook, what Mux signs with is current again before anything pushes it out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deeds, { maxLength: 8 }), async (between) => {
      const world = new MuxWorld();
      await world.rotate();
      const newer = world.webhooks.at(-1)?.id;
      for (const one of between.filter(({ deed }) => deed !== 'rotate')) await live(world, one);
      world.webhooks = world.webhooks.filter(({ id }) => id !== newer);

      expect(world.event()).toBe(true);
      expect(await world.rotate()).toBe('restore');
      expect(world.current?.value).toBe('secret of the first');
      expect(['done', 'drop']).toContain((await untilDone(world)).at(-1));
    }),
    { numRuns: 50 },
  );
});

test('undisturbed it makes one webhook, waits for what failed before, disables, waits for silence, and drops', async () => {
  const world = new MuxWorld();

  const steps = await untilDone(world);

  expect([...new Set(steps)]).toEqual(['create', 'wait', 'disable', 'drop']);
  expect(world.webhooks).toHaveLength(1);
  expect(world.current?.id).toBe(versionOf(world.webhooks[0]?.id ?? ''));
});

test('without a single delivery nothing is dropped, however long it takes', async () => {
  const world = new MuxWorld();
  await world.rotate();
  for (let days = 0; days < 60; days += 1) {
    world.now += 24 * HOUR_MS;
    expect(await world.rotate()).toBe('wait');
  }
  expect(world.webhooks.every(({ enabled }) => enabled)).toBe(true);
});

describe('the step, from what is seen', () => {
  const now = new Date('2026-03-10T00:00:00Z');
  const hoursAgo = (hours: number, milliseconds = 0) =>
    new Date(now.getTime() - hours * HOUR_MS - milliseconds);
  const webhook = (id: string, enabled: boolean, mark = '') => ({
    ...{ id, enabled, address: `${ADDRESS}${mark}`, createdAt: hoursAgo(60) },
  });
  const both = [webhook('old', false), webhook('new', true, '?rotation=1')];
  const versions = {
    current: { id: versionOf('new'), createdAt: hoursAgo(60) },
    previous: { id: 'by-hand', createdAt: hoursAgo(5_000) },
  };
  const seen = { webhooks: both, versions, now, anew: false };
  const at = (current: Date | undefined, previous: Date | undefined) =>
    nextMuxStep({ ...seen, use: { current, previous } });

  test('27 hours of silence are enough, and a moment less is not', () => {
    expect(at(hoursAgo(1), hoursAgo(27))).toMatchObject({ step: 'drop', webhookId: 'old' });
    expect(at(hoursAgo(1), hoursAgo(27, -1))).toMatchObject({
      step: 'wait',
      for: 'quiet',
      until: new Date(now.getTime() + 1),
    });
  });

  test('the old webhook is disabled once what had failed before the newer one has had its 24 hours, and not before', () => {
    const enabled = [webhook('old', true), webhook('new', true, '?rotation=1')];
    const step = (created: Date) =>
      nextMuxStep({
        ...{ ...seen, webhooks: enabled, use: { current: hoursAgo(0), previous: hoursAgo(0) } },
        versions: { ...versions, current: { id: versionOf('new'), createdAt: created } },
      });

    expect(step(hoursAgo(27))).toEqual({ step: 'disable', webhookId: 'old' });
    expect(step(hoursAgo(27, -1))).toMatchObject({ step: 'wait', for: 'retries' });
  });

  test('silence of both proves nothing', () => {
    expect(at(undefined, undefined)).toEqual({ step: 'wait', for: 'delivery' });
    expect(at(hoursAgo(28), hoursAgo(27))).toEqual({ step: 'wait', for: 'delivery' });
  });

  test('what a verifier counted before it had read the new secret does not count as seen', () => {
    const created = versions.current.createdAt.getTime();
    expect(at(new Date(created + 600_000), undefined)).toEqual({ step: 'wait', for: 'delivery' });
    expect(at(new Date(created + 600_001), undefined)).toMatchObject({ step: 'drop' });
  });

  test.each([
    ['no webhook at all', [], 'that of another environment'],
    ['two made by hand', [webhook('one', true), webhook('two', true)], 'delete all but one'],
    ['one by hand beside the two', [...both, webhook('three', true)], 'delete all but one'],
    [
      'none of the current secret',
      [webhook('lost', true, '?rotation=2')],
      'None of Mux’s webhooks',
    ],
    [
      'the newer one disabled',
      [webhook('old', true), webhook('new', false, '?rotation=1')],
      'enable it',
    ],
  ])('%s is not guessed at', (_, webhooks, because) => {
    const step = nextMuxStep({
      ...seen,
      webhooks,
      use: { current: hoursAgo(1), previous: hoursAgo(1) },
    });
    expect(step).toMatchObject({ step: 'refuse', because: expect.stringContaining(because) });
  });

  test('of two webhooks made by hand, for two secrets stored by hand, none is taken for the older', () => {
    const byHand = {
      current: { id: 'by-hand-2', createdAt: hoursAgo(60) },
      previous: versions.previous,
    };
    const webhooks = [webhook('one', true), webhook('two', true)];
    const use = { current: hoursAgo(1), previous: hoursAgo(28) };

    expect(nextMuxStep({ ...seen, webhooks, versions: byHand, use })).toMatchObject({
      step: 'refuse',
    });
    expect(
      nextMuxStep({ ...seen, webhooks: webhooks.slice(1), versions: byHand, use }),
    ).toMatchObject({
      ...{ step: 'drop', webhookId: undefined },
    });
  });

  test('a webhook whose secret is not stored is left alone while its run may be at work', () => {
    const abandoned = (seconds: number) => ({
      ...webhook('lost', true, '?rotation=2'),
      createdAt: hoursAgo(0, seconds * 1_000),
    });
    const step = (seconds: number) =>
      nextMuxStep({
        ...seen,
        webhooks: [...both, abandoned(seconds)],
        use: { current: undefined, previous: undefined },
      });

    expect(step(119)).toMatchObject({ step: 'wait', for: 'other-run' });
    expect(step(120)).toEqual({ step: 'discard', webhookId: 'lost' });
  });

  test('a second webhook has the same address whoever makes it, so that Mux refuses one of two runs at once', () => {
    const before = {
      ...seen,
      webhooks: [webhook('old', true)],
      use: { current: undefined, previous: undefined },
    };
    const step = nextMuxStep({
      ...before,
      versions: { current: versions.previous, previous: undefined },
    });

    expect(step).toEqual({ step: 'create', mark: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(
      nextMuxStep({ ...before, versions: { current: versions.previous, previous: undefined } }),
    ).toEqual(step);
  });
});
