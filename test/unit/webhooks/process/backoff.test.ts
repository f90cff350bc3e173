import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_RECEIVES } from '../../../../lambdas/catalog/retry-limits.ts';
import { backoffSeconds } from '../../../../lambdas/webhooks/process/backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('increases the delay with each receive, for any random numbers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MAX_RECEIVES - 2 }),
      random,
      random,
      (receives, one, other) => {
        expect(backoffSeconds(receives + 1, other)).toBeGreaterThan(backoffSeconds(receives, one));
      },
    ),
  );
});

test('returns whole seconds within the limits of SQS that differ between messages', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), random, (receives, number) => {
      const seconds = backoffSeconds(receives, number);
      expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 43_200).toBe(true);
    }),
  );
  expect(new Set([0, 0.25, 0.5, 0.75].map((number) => backoffSeconds(1, number))).size).toBe(4);
});

test('returns 1 s after the last receive', () => {
  expect(backoffSeconds(MAX_RECEIVES, 0.999)).toBe(1);
});
