import type { NewNotification } from '../../notifications/notifications.queries.ts';
import { outboxEntry } from '../../outbox/outbox-entry.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import type { UnappliedEvent } from '../failed-events.queries.ts';
import type { Escalation, EscalationOptions } from './escalation.ts';
import { describeAge, describeError } from './event-texts.ts';

const source = 'waiting';

/** Composes one mail about all faults of this system that events wait for, grouped by code. */
export function composeWaitingReport(
  events: readonly UnappliedEvent[],
  { stage, recipient }: EscalationOptions,
  now: Date,
): Escalation {
  if (events.length === 0) return { notifications: [], outbox: [] };
  const faults = [...Map.groupBy(events, ({ errorCode }) => errorCode ?? 'unknown')];
  const reportId = deterministicUuid(source, ...faults.map(([code]) => code), now.toISOString());
  const mail: NewNotification = {
    id: deterministicUuid(source, reportId, 'mail'),
    recipient,
    kind: 'webhooks.waiting',
    params: {
      stage,
      total: events.length,
      faults: faults.map(([code, group]) => describeFault(code, group, stage, now)),
    },
    source,
    eventId: reportId,
    assetId: null,
    createdAt: now,
  };
  const origin = { source, eventId: reportId, occurredAt: now };
  return {
    notifications: [mail],
    outbox: [outboxEntry(origin, 'notification.requested', { notificationId: mail.id }, now)],
  };
}

function describeFault(code: string, events: readonly UnappliedEvent[], stage: string, now: Date) {
  const [first] = events.toSorted((one, other) => +one.receivedAt - +other.receivedAt);
  return {
    providers: [...new Set(events.map((event) => event.source))].join(', '),
    events: events.length,
    oldest: first === undefined ? '' : describeAge(first.receivedAt, now),
    error: first === undefined ? code : describeError(first),
    listCommand: `npm run ops -- events list --status failed --code ${code} --stage ${stage}`,
  };
}
