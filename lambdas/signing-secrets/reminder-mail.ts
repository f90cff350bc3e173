import type { NewNotification } from '../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import { reportedWeek } from '../residency/reported-week.ts';
import { type SecretAge, wholeDays } from './secret-age.ts';

export interface DueSecret {
  readonly provider: string;
  readonly rotatedAt: Date;
  readonly age: SecretAge;
}

export interface ReminderSettings {
  readonly stage: string;
  /** The reliability partner. */
  readonly recipient: string;
}

const source = 'check-secret-ages';

/** One mail about all of them. Its id follows from the week, so that of a week's runs the first to find any sends it. */
export function remindOf(
  due: readonly DueSecret[],
  { stage, recipient }: ReminderSettings,
  scheduledAt: Date,
  createdAt: Date,
): { readonly notification: readonly NewNotification[]; readonly outbox: readonly OutboxEntry[] } {
  if (due.length === 0) return { notification: [], outbox: [] };
  const eventId = deterministicUuid(source, stage, reportedWeek(scheduledAt).monday);
  const id = deterministicUuid(source, eventId, 'mail');
  const params = {
    stage,
    secrets: due.map(({ provider, rotatedAt, age: { standing, ageSeconds, alarmAt } }) => ({
      ...{ provider, overdue: standing === 'overdue', ageDays: wholeDays(ageSeconds) },
      ...{ rotatedAt: rotatedAt.toISOString(), alarmAt: alarmAt.toISOString() },
      command: `npm run ops -- secrets rotate ${provider} --stage ${stage}`,
    })),
  };
  const mail = {
    id,
    recipient,
    kind: 'secrets.due',
    params,
    source,
    eventId,
    assetId: null,
    createdAt,
  };
  const cause = { source, eventId, occurredAt: createdAt };
  return {
    notification: [mail],
    outbox: [outboxEntry(cause, 'notification.requested', { notificationId: id }, createdAt)],
  };
}
