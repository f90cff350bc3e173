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

export interface ReminderOptions {
  readonly stage: string;
  /** Mail address of the reliability partner. */
  readonly recipient: string;
}

export interface Reminder {
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

const source = 'check-secret-ages';

/**
 * Composes one mail for all due secrets. Its id derives from the week, so that only the first run
 * of a week sends it.
 */
export function composeReminder(
  due: readonly DueSecret[],
  { stage, recipient }: ReminderOptions,
  scheduledAt: Date,
  createdAt: Date,
): Reminder {
  if (due.length === 0) return { notifications: [], outbox: [] };
  const eventId = deterministicUuid(source, stage, reportedWeek(scheduledAt).monday);
  const id = deterministicUuid(source, eventId, 'mail');
  const notification = {
    id,
    recipient,
    kind: 'secrets.due',
    params: { stage, secrets: due.map((secret) => describeDueSecret(secret, stage)) },
    source,
    eventId,
    assetId: null,
    createdAt,
  };
  const origin = { source, eventId, occurredAt: createdAt };
  const entry = outboxEntry(origin, 'notification.requested', { notificationId: id }, createdAt);
  return { notifications: [notification], outbox: [entry] };
}

const describeDueSecret = ({ provider, rotatedAt, age }: DueSecret, stage: string) => ({
  provider,
  overdue: age.status === 'overdue',
  ageDays: wholeDays(age.ageSeconds),
  rotatedAt: rotatedAt.toISOString(),
  alarmAt: age.alarmAt.toISOString(),
  command: `npm run ops -- secrets rotate ${provider} --stage ${stage}`,
});
