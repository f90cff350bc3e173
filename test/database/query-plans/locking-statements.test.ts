import { beforeAll, expect, test } from '@jest/globals';
import { useDatabase } from '../../support/postgres/database.ts';
import { explain, type PlanMode } from '../../support/query-plans/explain.ts';
import { fillTables, outboxId } from '../../support/query-plans/generated-tables.ts';
import { ofJobs } from '../../support/query-plans/job-statements.ts';
import {
  ofProcessors,
  type StatementCase,
} from '../../support/query-plans/processor-statements.ts';

const database = useDatabase({ connections: 2 });

beforeAll(() => fillTables(database.pool), 120_000);

async function expectIndexes({ run }: StatementCase, modes: readonly PlanMode[]) {
  const { reads, statements } = await explain(database.pool, modes, run);

  expect(statements).toBeGreaterThan(0);
  expect(reads).toEqual([]);
}

test.each(ofProcessors)('processor: $name uses an index', (one) =>
  expectIndexes(one, ['generic', 'custom']),
);

test.each(ofJobs)('job or command: $name uses an index', (one) => expectIndexes(one, ['custom']));

test('finds a statement that reads a whole table', async () => {
  const { reads } = await explain(database.pool, ['custom', 'generic'], (db) =>
    db.query('select id from portal.outbox where id::text = $1::text', [outboxId(7)]),
  );

  expect(reads.map(({ mode }) => mode)).toEqual(['custom', 'generic']);
});
