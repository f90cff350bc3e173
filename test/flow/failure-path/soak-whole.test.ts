import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planSoak } from '../../../cli/soak/plan.ts';
import { runSoak } from '../../../cli/soak/run-soak.ts';
import { startWholeWorld } from '../../../cli/soak/whole/whole-world.ts';
import type { SoakWorld } from '../../../cli/soak/world.ts';

const LIMIT_MS = 300_000;

// Turns the visibility timeout of 3 min into 9 s.
const timeScale = 0.05;

let world: SoakWorld;
beforeAll(async () => {
  world = await startWholeWorld({ timeScale });
}, 240_000);
afterAll(() => world?.stop(), 90_000);

test(
  'loses, doubles and mails twice nothing while the whole instance is killed',
  async () => {
    const plan = planSoak({ seed: 7, events: 120, faults: 4, scope: 'whole' });
    const { proof, unfinished, acceptedEvents, faults } = await runSoak(world, {
      plan,
      timeScale,
      deadline: Date.now() + LIMIT_MS,
      signal: new AbortController().signal,
      progress: () => {},
    });

    expect({ acceptedEvents, unfinished }).toEqual({ acceptedEvents: 120, unfinished: [] });
    expect(faults.get('kill-instance')).toBeGreaterThan(1);
    expect(proof).toMatchObject({ lost: [], doubled: [], mailedTwice: [], applied: 120 });
  },
  LIMIT_MS + 60_000,
);
