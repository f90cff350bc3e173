import { expect, test } from '@jest/globals';
import {
  formatCount,
  formatNumber,
  formatShare,
} from '../../../lambdas/platform/display/numbers.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [12_345, '12,345'],
  [1_234_567, '1,234,567'],
])('formats %s as %s', (number, expected) => {
  expect(formatNumber(number)).toBe(expected);
});

test.each([
  [0, '0 events'],
  [1, '1 event'],
  [2, '2 events'],
  [12_345, '12,345 events'],
])('counts %s as %s', (number, expected) => {
  expect(formatCount(number, 'event')).toBe(expected);
});

test.each([
  [0, 1_000, '0%'],
  [1_202, 1_284, '93.6%'],
  [1, 1_284, 'under 0.1%'],
  [9_999, 10_000, 'over 99.9%'],
  [7, 7, '100%'],
])('formats %s of %s as %s', (part, whole, expected) => {
  expect(formatShare(part, whole)).toBe(expected);
});
