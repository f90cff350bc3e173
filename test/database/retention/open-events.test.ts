import { expect, test } from '@jest/globals';
import { pruneChunk } from '../../../lambdas/retention/prune.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const stdout = useStdout();

test('names in the log the deleted events that were neither applied nor closed', async () => {
  for (const status of ['failed', 'exhausted', 'closed', 'processed', 'ignored'])
    await database.pool.query(
      `insert into portal.webhook_events
         (source, event_id, type, status, body, received_at, error_code)
       values ('mux', $1, 'video.asset.ready', $1, '{}', '2026-01-01', 'E1')`,
      [status],
    );

  expect(await pruneChunk(database.pool, 'webhookEvents', new Date('2026-02-01'), 10)).toBe(5);

  expect(stdout.filter(({ message }) => message === 'Open events deleted')).toEqual([
    expect.objectContaining({
      count: 2,
      events: [
        { provider: 'mux', event: 'failed', status: 'failed', code: 'E1' },
        { provider: 'mux', event: 'exhausted', status: 'exhausted', code: 'E1' },
      ],
    }),
  ]);
});
