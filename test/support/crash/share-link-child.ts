import { writeSync } from 'node:fs';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { makeExpireShareLinks } from '../../../lambdas/share-links/expire-share-links.ts';

/** Runs the expiry job once, in a process that the test may kill at any moment. */
const { url, scheduledAt, chunk } = JSON.parse(process.argv[2] ?? '') as {
  readonly url: string;
  readonly scheduledAt: string;
  readonly chunk: number;
};
const pool = openDatabase({ url, connections: 1, applicationName: 'share-link-child' });
const run = makeExpireShareLinks({
  pool: async () => pool,
  digest: false,
  job: { name: 'expire-share-links', timeoutSeconds: 600 },
  now: () => new Date(),
  chunk,
});
writeSync(1, '@started\n');
await run({ scheduledAt: new Date(scheduledAt), remainingMs: () => 600_000 });
await pool.end();
