import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planSoak } from '../../cli/soak/plan.ts';
import { runSoak } from '../../cli/soak/run-soak.ts';
import { type SoakWorld, startWorld } from '../../cli/soak/world.ts';

const LIMIT_MS = 240_000;

// Turns the visibility timeout of 3 min into 9 s.
const timeScale = 0.05;

let world: SoakWorld;
beforeAll(async () => {
  world = await startWorld({ timeScale, schedulesEnabled: false });
});
afterAll(() => world.stop(), 90_000);

test(
  'loses, doubles and mails twice nothing while functions, Postgres and the pooler are killed',
  async () => {
    const plan = planSoak({ seed: 7, events: 200, faults: 12 });
    const { proof, unfinished, acceptedEvents, faults } = await runSoak(world, {
      plan,
      timeScale,
      deadline: Date.now() + LIMIT_MS,
      signal: new AbortController().signal,
      progress: () => {},
    });

    expect({ acceptedEvents, unfinished }).toEqual({ acceptedEvents: 200, unfinished: [] });
    expect([...faults.values()].reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(proof).toMatchObject({ lost: [], doubled: [], mailedTwice: [], applied: 200 });
  },
  LIMIT_MS + 30_000,
);
