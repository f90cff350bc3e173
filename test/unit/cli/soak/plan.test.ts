import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planSoak, type SoakPlan } from '../../../../cli/soak/plan.ts';

const eventsOf = ({ videos }: SoakPlan) =>
  videos.flatMap(({ assetEvents, mailEvents }) => [...assetEvents, ...mailEvents]);

describe('a plan', () => {
  test('is the same for the same seed, and another one for another seed', () => {
    const plan = planSoak({ seed: 7, events: 300 });

    expect(planSoak({ seed: 7, events: 300 })).toEqual(plan);
    expect(planSoak({ seed: 8, events: 300 })).not.toEqual(plan);
  });

  test('has exactly the wanted number of distinct events', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 400 }), (seed, events) => {
        const ids = eventsOf(planSoak({ seed, events })).map(({ id }) => id);

        expect(ids).toHaveLength(events);
        expect(new Set(ids).size).toBe(events);
      }),
      { numRuns: 100 },
    );
  });

  test('delivers each event of Mux as often as planned', () => {
    const plan = planSoak({ seed: 1, events: 500 });
    const delivered = Object.groupBy(plan.deliveries, ({ event }) => event.id);

    for (const { assetEvents } of plan.videos)
      for (const { id, times } of assetEvents) expect(delivered[id]).toHaveLength(times);
  });

  test('has duplicates, reordered events and every ending and fault', () => {
    const plan = planSoak({ seed: 1, events: 10_000 });
    const kinds = new Set(plan.faults.map(({ kind }) => kind));
    const endings = new Set(plan.videos.map(({ ending }) => ending));
    const isReordered = ({ position, video }: SoakPlan['deliveries'][number], index: number) =>
      plan.deliveries
        .slice(0, index)
        .some((earlier) => earlier.video === video && earlier.position > position);

    expect(plan.deliveries.some(({ earlierAttempts }) => earlierAttempts > 1)).toBe(true);
    expect(plan.deliveries.slice(0, 500).filter(isReordered).length).toBeGreaterThan(50);
    expect(endings.size).toBeGreaterThanOrEqual(4);
    expect(kinds.size).toBe(10);
  });

  test('places the faults in order among the deliveries of both providers', () => {
    const { faults, deliveries, videos } = planSoak({ seed: 3, events: 1_000, faults: 50 });
    const places = faults.map(({ after }) => after);
    const ofResend = videos
      .flatMap(({ mailEvents }) => mailEvents)
      .reduce((sum, { times }) => sum + times, 0);

    expect(places).toHaveLength(50);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(Math.max(...places)).toBeGreaterThan(deliveries.length);
    expect(Math.max(...places)).toBeLessThan(deliveries.length + ofResend);
  });

  test('kills the whole instance, and nothing that the instance takes down with it', () => {
    const { faults } = planSoak({ seed: 3, events: 1_000, faults: 200, scope: 'whole' });

    expect([...new Set(faults.map(({ kind }) => kind))].sort()).toEqual([
      'kill-instance',
      'kill-pooler',
      'kill-postgres',
      'resend-down',
    ]);
  });

  test('has no faults if none are wanted', () => {
    expect(planSoak({ seed: 3, events: 1_000, faults: 0 }).faults).toEqual([]);
  });
});
