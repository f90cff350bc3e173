import { expect, test } from '@jest/globals';
import { escalateExhausted } from '../../../lambdas/webhooks/retry/escalate-exhausted.ts';
import { recordFailed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aFailedEntry } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');

test('escalates each exhausted event once, also in concurrent runs', async () => {
  for (const id of ['e1', 'e2', 'e3'])
    await recordFailed(database.pool, { ...aFailedEntry(id), status: 'exhausted' }, now());
  const published: string[] = [];
  const escalate = () =>
    escalateExhausted(
      {
        pool: async () => database.pool,
        publish: async (events) => {
          published.push(...events.map(({ id }) => id));
          return { published: events.map(({ id }) => id), failed: [] };
        },
        escalation: { stage: 'dev', recipient: 'partner@example.org' },
        now,
      },
      500,
    );

  const runs = await Promise.all([escalate(), escalate(), escalate()]);

  expect(runs.reduce((sum, events) => sum + events)).toBe(3);
  const { rows } = await database.pool.query('select recipient, params from portal.notifications');
  expect(rows.flatMap(({ params }) => params.events)).toHaveLength(3);
  const publishedBefore = [...published];
  await expect(escalate()).resolves.toBe(0);
  expect(published).toEqual(publishedBefore);
});
