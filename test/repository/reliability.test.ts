import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { planSoak } from '../../cli/soak/plan.ts';
import { toFigures } from '../../cli/soak/results-file.ts';
import {
  describeReliability,
  reliabilityResults,
  soakFigures,
} from '../../scripts/describe-reliability.ts';

const results = reliabilityResults.parse(JSON.parse(readFileSync('docs/reliability.json', 'utf8')));

test('docs/reliability.md is up to date with its figures (npm run docs)', () => {
  expect(readFileSync('docs/reliability.md', 'utf8')).toBe(describeReliability(results));
});

test('the figures show no event lost, doubled or mailed twice', () => {
  const runs = [...results.soaks, ...results.outages];

  expect(runs).not.toEqual([]);
  for (const { lost, doubled, mailedTwice, unfinished } of runs)
    expect({ lost, doubled, mailedTwice, unfinished }).toEqual({
      lost: 0,
      doubled: 0,
      mailedTwice: 0,
      unfinished: 0,
    });
});

test('the soak writes figures in the form of the page', () => {
  const proof = {
    lost: [],
    doubled: ['one'],
    mailedTwice: [],
    applied: 1,
    notifications: 2,
    mails: 3,
    domainEvents: 4,
    repeatedPublications: 5,
  };
  const figures = toFigures(
    planSoak({ seed: 7, events: 10 }),
    {
      proof,
      unfinished: [],
      acceptedEvents: 9,
      deliveries: 12,
      rejected: new Map([[500, 1]]),
      faults: new Map([['kill-postgres', 2]]),
      interrupted: 1,
      seconds: 60,
    },
    new Date('2026-11-28T10:00:00Z'),
  );

  expect(soakFigures.parse(JSON.parse(JSON.stringify(figures)))).toMatchObject({
    planned: 10,
    events: 9,
    doubled: 1,
    faults: { 'kill-postgres': 2 },
    rejected: { 500: 1 },
  });
});
