import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { metricFamilies } from '../../../lambdas/catalog/metrics.ts';
import { describeMetrics } from '../../../scripts/describe-metrics.ts';
import { sourcesUnder } from '../../support/source.ts';

const families = Object.entries(metricFamilies);

test('docs/metrics.md matches the definitions (`npm run docs` writes it)', () => {
  expect(families).not.toEqual([]);
  expect(readFileSync('docs/metrics.md', 'utf8')).toBe(describeMetrics());
});

test('the code emits each defined family and no other', () => {
  const emitted = sourcesUnder('lambdas').flatMap(({ path }) =>
    [...readFileSync(path, 'utf8').matchAll(/\bemitMetrics\(\s*'([\w-]+)'/g)].map(
      ([, family]) => family,
    ),
  );

  expect([...new Set(emitted)].sort()).toEqual(families.map(([name]) => name).sort());
});

test('the code names each metric that it emits', () => {
  const code = sourcesUnder('lambdas')
    .filter(({ path }) => !path.startsWith('lambdas/catalog/'))
    .map(({ path }) => readFileSync(path, 'utf8'))
    .join('\n');
  const words = new Set(code.match(/\b[A-Z]\w+/g));
  const names = families.flatMap(([, { always, optional }]) =>
    Object.keys({ ...always, ...optional }),
  );

  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !words.has(name))).toEqual([]);
});

test('a metric has one meaning in all families with the same dimensions', () => {
  const keys = families.flatMap(([name, { dimensions, always, optional }]) =>
    Object.keys({ ...always, ...optional }).map((metric) => ({
      name,
      key: `${metric} by ${dimensions.join()}`,
    })),
  );
  const repeated = keys.filter(({ name, key }) =>
    keys.some((other) => other.key === key && other.name !== name),
  );

  expect(repeated).toEqual([
    { name: 'events', key: 'Exhausted by provider' },
    { name: 'redrives', key: 'Exhausted by provider' },
  ]);
});
