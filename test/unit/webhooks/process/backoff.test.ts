import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_RECEIVES } from '../../../../lambdas/catalog/retry-limits.ts';
import { backoffSeconds } from '../../../../lambdas/webhooks/process/backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('each pause is longer than the one before, however the dice fall', () => {
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

test('a pause is whole seconds that SQS takes, and differs between messages that failed together', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), random, (receives, dice) => {
      const seconds = backoffSeconds(receives, dice);
      expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 43_200).toBe(true);
    }),
  );
  expect(new Set([0, 0.25, 0.5, 0.75].map((dice) => backoffSeconds(1, dice))).size).toBe(4);
});

test('after its last receive a message does not linger on its way to the dead letters', () => {
  expect(backoffSeconds(MAX_RECEIVES, 0.999)).toBe(1);
});
