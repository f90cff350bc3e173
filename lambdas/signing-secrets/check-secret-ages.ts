import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { ListVersions } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { composeReminder, type DueSecret, type ReminderOptions } from './reminder-mail.ts';
import { evaluateAge } from './secret-age.ts';

export interface CheckSecretAgesDeps {
  readonly pool: GetPool;
  /** Name of each provider's signing secret, by provider. */
  readonly secretIds: Readonly<Record<string, string>>;
  readonly listVersions: ListVersions;
  readonly reminder: ReminderOptions;
  readonly now: Clock;
}

/**
 * Emits the age of each signing secret as a metric, and requests one mail a week that lists the
 * secrets due for rotation. Skips a secret without a version: its deliveries are answered 500,
 * which has its own alarm.
 */
export function makeCheckSecretAges(deps: CheckSecretAgesDeps) {
  const { pool, reminder, now } = deps;
  return async function checkSecretAges({ scheduledAt }: RunningJob): Promise<JobCounts> {
    const due = await findDueSecrets(deps, scheduledAt);
    const { notifications, outbox } = composeReminder(due, reminder, scheduledAt, now());
    await inTransaction(await pool(), async (tx) => {
      tx.deferUntilCommit(
        Promise.all([insertNotifications(tx, notifications), insertOutboxEntries(tx, outbox)]),
      );
    });
    return { SecretsDue: due.length };
  };
}

async function findDueSecrets(
  { secretIds, listVersions, now }: CheckSecretAgesDeps,
  scheduledAt: Date,
): Promise<readonly DueSecret[]> {
  const due: DueSecret[] = [];
  for (const [provider, secretId] of Object.entries(secretIds)) {
    const { current } = await listVersions(secretId);
    if (current === undefined) {
      log.warn('Signing secret has no version', { provider });
      continue;
    }
    const { ageSeconds } = evaluateAge(current.createdAt, now());
    emitMetrics('secrets', { SecretAgeSeconds: ageSeconds }, { provider });
    const age = evaluateAge(current.createdAt, scheduledAt);
    if (age.status !== 'fresh') due.push({ provider, rotatedAt: current.createdAt, age });
  }
  return due;
}
