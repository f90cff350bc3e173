import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { choosePictures } from '../../../../cli/pictures/choose-pictures.ts';
import { readSampleMetrics } from '../../../../cli/pictures/sample-metrics.ts';

const traffic = { processed: 'event-1', exhausted: 'event-2' };
const choose = (all: boolean) => choosePictures('http://127.0.0.1/console', traffic, all);

test('every picture of the docs is committed, and a page shows it', () => {
  const pages = ['README.md', 'docs/console.md'].map((page) => readFileSync(page, 'utf8')).join();
  const names = choose(false).map(({ name }) => name);

  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    expect(existsSync(`docs/pictures/${name}.png`)).toBe(true);
    expect(pages).toContain(`pictures/${name}.png`);
  }
});

test('a review has every page at four widths, light and dark', () => {
  const pictures = choose(true);

  expect(new Set(pictures.map(({ width }) => width))).toEqual(new Set([360, 800, 1_280, 1_600]));
  expect(pictures).toHaveLength(new Set(pictures.map(({ url }) => url)).size * 8);
  expect(new Set(pictures.map(({ name }) => name)).size).toBe(pictures.length);
});

test('the sample metrics are equal for equal times, and never negative', async () => {
  const to = new Date('2026-03-01T01:00:00Z');
  const window = { from: new Date('2026-03-01T00:00:00Z'), to, periodSeconds: 60 };
  const query = { namespace: 'n', dimensions: { provider: 'mux' } };
  const queries = [
    { ...query, name: 'Accepted', statistic: 'Sum' as const },
    { ...query, name: 'AcceptToEffectMs', statistic: 'p99' as const },
  ];

  const [first, second] = [
    await readSampleMetrics(queries, window),
    await readSampleMetrics(queries, window),
  ];

  expect(first).toEqual(second);
  for (const values of first) {
    expect(values.size).toBe(60);
    expect(Math.min(...values.values())).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.values())).toBeGreaterThan(0);
  }
});
