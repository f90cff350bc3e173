import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readRunbookQueries, saveRunbookQueries } from '../../../lib/monitoring/runbook-queries.ts';
import { every, stages } from '../support/stages.ts';

const queries = readRunbookQueries(readFileSync('docs/runbook.md', 'utf8'));

test('reads queries only', () => {
  expect(queries.filter(({ text }) => !/^(filter|fields|stats) /.test(text))).toEqual([]);
});

test.each(stages)('$stage saves each query of the runbook, over its log groups', (stage) => {
  const saved = every('AWS::Logs::QueryDefinition').filter((one) => one.stage === stage);

  expect(queries.length).toBeGreaterThan(15);
  expect(saved.map(({ Properties }) => Properties['Name']).toSorted()).toEqual(
    queries
      .map(({ section }) => `motion-mavericks-${stage.config.stage}-webhooks/${section}`)
      .toSorted(),
  );
  for (const { Properties } of saved) {
    expect(queries.map(({ text }) => text)).toContain(Properties['QueryString']);
    expect((Properties['LogGroupNames'] as readonly unknown[]).length).toBeGreaterThan(5);
  }
});

/** Saves the queries over this many log groups. @returns the log groups of each, by its name. */
function savedOver(count: number): ReadonlyMap<string, readonly string[]> {
  const stack = new Stack(new App(), 'stack');
  const logs = Array.from({ length: count }, (_, index) => ({ logGroupName: `log-${index}` }));
  saveRunbookQueries(stack, { stage: 'dev' }, logs);
  const found = Template.fromStack(stack).findResources('AWS::Logs::QueryDefinition');
  return new Map(
    Object.values(found).map(({ Properties }) => [Properties.Name, Properties.LogGroupNames]),
  );
}

test.each([
  [1, ['']],
  [50, ['']],
  [51, [' (1 of 2)', ' (2 of 2)']],
  [101, [' (1 of 3)', ' (2 of 3)', ' (3 of 3)']],
])('saves queries over %i log groups in parts of at most 50, which read all', (count, notes) => {
  const saved = savedOver(count);
  const [{ section } = { section: '' }] = queries;
  const parts = notes.map((note) => saved.get(`motion-mavericks-dev-webhooks/${section}${note}`));

  expect(saved.size).toBe(queries.length * notes.length);
  for (const part of parts) expect(part?.length).toBeLessThanOrEqual(50);
  expect(parts.flat()).toHaveLength(count);
  expect(new Set(parts.flat()).size).toBe(count);
});
