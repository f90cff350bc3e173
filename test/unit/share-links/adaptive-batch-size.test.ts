import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  firstPace,
  nextPace,
  type Pace,
} from '../../../lambdas/share-links/adaptive-batch-size.ts';

const LARGEST = 5_000;
const pace = (limit: number, leads = limit): Pace => ({ limit, leads });

describe('the next transaction', () => {
  test.each([
    ['as much again where it took as long as it should', 75, 400],
    ['twice as much at most, however fast it was', 1, 800],
    ['half as much at least, however slow it was', 60_000, 200],
    ['in proportion between the two', 100, 300],
  ])('takes on %s', (_, tookMs, limit) => {
    expect(nextPace(pace(400), { expired: 400, owners: 400, tookMs }, LARGEST).limit).toBe(limit);
  });

  test('learns nothing from one that was fast because it had little to do, and from a slow one all the same', () => {
    expect(nextPace(pace(400), { expired: 200, owners: 1, tookMs: 1 }, LARGEST).limit).toBe(400);
    expect(nextPace(pace(400), { expired: 1, owners: 1, tookMs: 200 }, LARGEST).limit).toBe(200);
  });

  test('goes by as many due links as it has owners for', () => {
    expect(nextPace(pace(400), { expired: 400, owners: 8, tookMs: 75 }, LARGEST).leads).toBe(8);
    expect(nextPace(pace(400, 17), { expired: 0, owners: 0, tookMs: 100 }, LARGEST).leads).toBe(17);
  });

  test('never takes more than it may, nor so little that nothing comes of it', () => {
    const steps = fc.array(
      fc.record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        tookMs: fc.integer({ min: 0, max: 20_000 }),
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LARGEST }), steps, (largest, taken) => {
        let current = firstPace(largest);
        for (const { share, tookMs } of taken) {
          const expired = Math.floor(share * current.limit);
          current = nextPace(current, { expired, owners: Math.ceil(expired / 3), tookMs }, largest);
          expect(current.limit).toBeLessThanOrEqual(largest);
          expect(current.limit).toBeGreaterThanOrEqual(Math.min(50, largest));
          expect(current.leads).toBeGreaterThanOrEqual(1);
          expect(current.leads).toBeLessThanOrEqual(largest);
        }
      }),
    );
  });

  test('holds a link for less than a second, where a link takes what it took so far', () => {
    const msPerLink = fc.double({ min: 0.01, max: 9, noNaN: true });
    fc.assert(
      fc.property(msPerLink, (cost) => {
        let current = firstPace(LARGEST);
        const took: number[] = [];
        for (let round = 0; round < 12; round += 1) {
          const tookMs = current.limit * cost;
          took.push(tookMs);
          current = nextPace(current, { expired: current.limit, owners: 5, tookMs }, LARGEST);
        }
        // However slow the database, it is found out with the first few hundred links.
        expect(took.slice(5).every((ms) => ms < 1_000)).toBe(true);
      }),
    );
  });
});
