import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type BatchSize,
  initialBatchSize,
  nextBatchSize,
} from '../../../lambdas/share-links/adaptive-batch-size.ts';

const MAX = 5_000;
const size = (limit: number, seedLinks = limit): BatchSize => ({ limit, seedLinks });
const batch = (expired: number, owners: number, durationMs: number) => ({
  expired,
  owners,
  durationMs,
});

describe('the next batch size', () => {
  test.each([
    ['stays the same at the target duration', 75, 400],
    ['doubles at most, after the shortest duration', 1, 800],
    ['halves at most, after the longest duration', 60_000, 200],
    ['changes in proportion to the duration in between', 100, 300],
  ])('%s', (_, durationMs, limit) => {
    expect(nextBatchSize(size(400), batch(400, 400, durationMs), MAX).limit).toBe(limit);
  });

  test('ignores a short duration of a mostly empty batch, but not a long one', () => {
    expect(nextBatchSize(size(400), batch(200, 1, 1), MAX).limit).toBe(400);
    expect(nextBatchSize(size(400), batch(1, 1, 200), MAX).limit).toBe(200);
  });

  test('takes as many seed links as the batch is expected to have owners', () => {
    expect(nextBatchSize(size(400), batch(400, 8, 75), MAX).seedLinks).toBe(8);
    expect(nextBatchSize(size(400, 17), batch(0, 0, 100), MAX).seedLinks).toBe(17);
  });

  test('stays between the minimum and the maximum', () => {
    const batches = fc.array(
      fc.record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        durationMs: fc.integer({ min: 0, max: 20_000 }),
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX }), batches, (max, completed) => {
        let current = initialBatchSize(max);
        for (const { share, durationMs } of completed) {
          const expired = Math.floor(share * current.limit);
          current = nextBatchSize(current, batch(expired, Math.ceil(expired / 3), durationMs), max);
          expect(current.limit).toBeLessThanOrEqual(max);
          expect(current.limit).toBeGreaterThanOrEqual(Math.min(50, max));
          expect(current.seedLinks).toBeGreaterThanOrEqual(1);
          expect(current.seedLinks).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  test('keeps transactions below a second if the time per link is constant', () => {
    const msPerLink = fc.double({ min: 0.01, max: 9, noNaN: true });
    fc.assert(
      fc.property(msPerLink, (cost) => {
        let current = initialBatchSize(MAX);
        const durations: number[] = [];
        for (let round = 0; round < 12; round += 1) {
          const durationMs = current.limit * cost;
          durations.push(durationMs);
          current = nextBatchSize(current, batch(current.limit, 5, durationMs), MAX);
        }
        // The first batches may be slower, until the size has adapted to the database.
        expect(durations.slice(5).every((ms) => ms < 1_000)).toBe(true);
      }),
    );
  });
});
