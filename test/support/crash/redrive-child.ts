import { writeSync } from 'node:fs';
import { openProviderQueues } from '../../../lambdas/platform/aws/redrivable-queues.ts';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { makeRetryFailedWebhooks } from '../../../lambdas/webhooks/retry/retry-failed-webhooks.ts';
import { makeRedriveStore } from '../../../lambdas/webhooks/retry/retry-store.ts';

/** Runs the retry of failed webhooks, and kills itself when it is about to delete the first dead letter it sent back. */
export interface RedriveOrder {
  readonly databaseUrl: string;
  /** JSON, as the function finds it in its environment. */
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
  store: makeRedriveStore(
    async () => pool,
    () => new Date(),
  ),
  publish: async (events) => ({ published: events.map(({ id }) => id), failed: [] }),
  settings: { stage: 'dev', recipient: 'partner@example.org' },
  now: () => new Date(),
});
writeSync(
  1,
  `@counts ${JSON.stringify(await retry({ scheduledAt: new Date(), remainingMs: () => 60_000 }))}\n`,
);
await pool.end();

async function die(): Promise<void> {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}
