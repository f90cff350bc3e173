import { writeSync } from 'node:fs';
import { openProviderQueues } from '../../../lambdas/platform/aws/redrivable-queues.ts';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { makeRetryFailedWebhooks } from '../../../lambdas/webhooks/retry/retry-failed-webhooks.ts';

/**
 * Runs the job once. With `dies`, the process kills itself before it deletes the first redriven
 * dead letter.
 */
export interface RedriveOrder {
  readonly databaseUrl: string;
  /** JSON as in the environment of the function. */
  readonly queues: string;
  readonly dies: boolean;
}

const order = JSON.parse(process.argv[2] ?? '') as RedriveOrder;
const pool = openDatabase({
  url: order.databaseUrl,
  connections: 1,
  applicationName: 'redrive-child',
});
const queues = openProviderQueues(order.queues);
if (order.dies) for (const { deadLetters } of Object.values(queues)) deadLetters.delete = die;

const retry = makeRetryFailedWebhooks({
  queues,
  mailRequests: undefined,
  pool: async () => pool,
  publish: async (events) => ({ published: events.map(({ id }) => id), failed: [] }),
  escalation: { stage: 'dev', recipient: 'partner@example.org' },
  now: () => new Date(),
});
const counts = await retry({ scheduledAt: new Date(), remainingMs: () => 60_000 });
writeSync(1, `@counts ${JSON.stringify(counts)}\n`);
await pool.end();

async function die(): Promise<void> {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}
