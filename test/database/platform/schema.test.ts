import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { describeSchema } from '../../../scripts/describe-schema.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase({ connections: 1 });

test('migrations/schema.sql matches the migrations (to update: npm run schema)', async () => {
  const committed = readFileSync(
    new URL('../../../migrations/schema.sql', import.meta.url),
    'utf8',
  );

  expect(await describeSchema(database.pool, 'portal')).toBe(committed);
});
