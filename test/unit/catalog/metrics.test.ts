import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { metricFamilies } from '../../../lambdas/catalog/metrics.ts';
import { describeMetrics } from '../../../scripts/describe-metrics.ts';
import { sourcesUnder } from '../../support/source.ts';

const families = Object.entries(metricFamilies);

test('docs/metrics.md says of each metric what the definition says (node local/dump-metrics.ts writes it)', () => {
  expect(families).not.toEqual([]);
  expect(readFileSync('docs/metrics.md', 'utf8')).toBe(describeMetrics());
});

test('each family is sent by the code, and no other', () => {
  const sent = sourcesUnder('lambdas').flatMap(({ path }) =>
    [...readFileSync(path, 'utf8').matchAll(/\bemitMetrics\(\s*'([\w-]+)'/g)].map(
      ([, family]) => family,
    ),
  );

  expect([...new Set(sent)].sort()).toEqual(families.map(([name]) => name).sort());
});

test('a metric that two families send means the same in both, where its dimensions are the same', () => {
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
