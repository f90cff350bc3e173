import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { ListVersions } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { type DueSecret, type ReminderSettings, remindOf } from './reminder-mail.ts';
import { judgeAge } from './secret-age.ts';

export interface CheckSecretAgesDeps {
  readonly pool: GetPool;
  /** By provider, the name of its signing secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly listVersions: ListVersions;
  readonly settings: ReminderSettings;
  readonly now: Clock;
}

/**
 * Tells CloudWatch how old each signing secret is now, and people, once a week, which of them are to be rotated. What has
 * no version has no age: its deliveries are answered 500, which has an alarm of its own.
 */
export function makeCheckSecretAges({
  pool,
  secrets,
  listVersions,
  settings,
  now,
}: CheckSecretAgesDeps) {
  return async function checkSecretAges({ scheduledAt }: RunningJob): Promise<JobCounts> {
    const due: DueSecret[] = [];
    for (const [provider, secretId] of Object.entries(secrets)) {
      const { current } = await listVersions(secretId);
      if (current === undefined) {
        log.warn('Signing secret has no version', { provider });
        continue;
      }
      emitMetrics(
        'secrets',
        { SecretAgeSeconds: judgeAge(current.createdAt, now()).ageSeconds },
        { provider },
      );
      const age = judgeAge(current.createdAt, scheduledAt);
      if (age.standing !== 'fresh') due.push({ provider, rotatedAt: current.createdAt, age });
    }
    const { notification, outbox } = remindOf(due, settings, scheduledAt, now());
    await inTransaction(await pool(), async (tx) => {
      tx.deferUntilCommit(
        Promise.all([insertNotifications(tx, notification), insertOutboxEntries(tx, outbox)]),
      );
    });
    return { SecretsDue: due.length };
  };
}
