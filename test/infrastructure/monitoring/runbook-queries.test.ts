import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readRunbookQueries } from '../../../lib/monitoring/runbook-queries.ts';
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
