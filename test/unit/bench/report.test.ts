import { expect, test } from '@jest/globals';
import { markdownTable, percentile, Samples } from '../../../bench/report.ts';

test('interpolates a percentile between neighbours', () => {
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(percentile([1, 2, 3], 1)).toBe(3);
});

test('divides values of the same round', () => {
  const samples = new Samples();
  for (const [ours, naive] of [
    [600, 100],
    [900, 300],
  ] as const) {
    samples.add('ours', ours);
    samples.add('naive', naive);
  }

  expect(samples.ratio('ours', 'naive', 'rate').values).toEqual([6, 3]);
});

test('has no values for a ratio with a variant that was not measured', () => {
  const samples = new Samples();
  samples.add('ours', 1);

  expect(samples.ratio('ours', 'bullmq', 'rate').values).toEqual([]);
});

test('writes measured findings in the order of the target rows and compares the median', () => {
  const samples = new Samples();
  for (const value of [2, 4, 3]) samples.add('time', value);
  const table = markdownTable([
    samples.figure('time', 'without target', 'ms'),
    samples.figure('time', 'too slow', 'ms', [9, '≤', 2]),
    samples.figure('time', 'fast enough', 'ms', [1, '≥', 3]),
    samples.figure('nothing', 'not measured', 'ms', [2, '≥', 3]),
  ]);

  expect(table.split('\n').map((row) => row.replaceAll(/ +/g, ' '))).toEqual([
    '| row | what | median | min–max | target | reached |',
    '| --- | --- | --- | --- | --- | --- |',
    '| 1 | fast enough | 3 ms | 2–4 | ≥ 3 | yes |',
    '| 9 | too slow | 3 ms | 2–4 | ≤ 2 | **no** |',
    '| | without target | 3 ms | 2–4 | | |',
  ]);
});
