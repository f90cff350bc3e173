import {
  type DomainEventDetail,
  type DomainEventType,
  eventTextLimits,
  personalEventFields,
} from '../../catalog/domain-events.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { cutOptionalText } from '../../platform/cut-text.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import { redactTexts } from '../../platform/redaction/redact-texts.ts';
import type { UnappliedEvent } from '../failed-events.queries.ts';
import { chatMessage } from './chat-message.ts';
import {
  describeAge,
  describeError,
  listCommand,
  replayCommand,
  replayGroupCommand,
} from './event-texts.ts';
import { groupByError } from './group-by-error.ts';

export interface EscalationOptions {
  readonly stage: string;
  /** Address of the reliability partner. */
  readonly recipient: string;
}

export interface Escalation {
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

const source = 'escalation';

// Keeps the mail readable; it also contains the command that lists all events.
const MAX_ROWS_IN_MAIL = 10;

/** Composes one mail and one on-call alert about all events, and one domain event for each. */
export function composeEscalation(
  events: readonly UnappliedEvent[],
  options: EscalationOptions,
  now: Date,
): Escalation {
  if (events.length === 0) return { notifications: [], outbox: [] };
  const escalationId = deterministicUuid(
    source,
    ...events.map(({ source: provider, eventId }) => `${provider} ${eventId}`),
    now.toISOString(),
  );
  const mail = composeMail(options, events, escalationId, now);
  const message = chatMessage(redactTexts(events, {}), options.stage, now);
  return {
    notifications: [mail],
    // Published in this order: people are told before consumers hear of thousands of events.
    outbox: [
      outboxEntry('on-call.alerted', [escalationId], now, { message }),
      outboxEntry('notification.requested', [mail.id], now, { notificationId: mail.id }),
      ...events.map((event) => exhaustedEntry(event, escalationId, now)),
    ],
  };
}

function composeMail(
  { stage, recipient }: EscalationOptions,
  events: readonly UnappliedEvent[],
  escalationId: string,
  now: Date,
): NewNotification {
  return {
    id: deterministicUuid(source, escalationId, 'mail'),
    recipient,
    kind: 'webhooks.exhausted',
    params: {
      stage,
      total: events.length,
      listCommand: listCommand(stage),
      groups: groupByError(events)
        .slice(0, MAX_ROWS_IN_MAIL)
        .map((group) => ({
          provider: group.source,
          events: group.events,
          error: describeError(group),
          replayCommand: replayGroupCommand(group, stage),
        })),
      events: events.slice(0, MAX_ROWS_IN_MAIL).map((event) => ({
        provider: event.source,
        type: event.type,
        eventId: event.eventId,
        age: describeAge(event.receivedAt, now),
        error: describeError(event),
        replayCommand: replayCommand(event, stage),
      })),
    },
    source,
    eventId: escalationId,
    assetId: null,
    createdAt: now,
  };
}

function exhaustedEntry(event: UnappliedEvent, escalationId: string, now: Date): OutboxEntry {
  return outboxEntry('webhook.exhausted', [event.source, event.eventId, escalationId], now, {
    provider: event.source,
    type: event.type,
    eventId: event.eventId,
    receivedAt: event.receivedAt.toISOString(),
    attempts: event.attempts,
    redrives: event.redrives,
    errorCode: event.errorCode,
    errorMessage: cutOptionalText(event.errorMessage, eventTextLimits.errorMessage),
  });
}

function outboxEntry<Type extends DomainEventType>(
  type: Type,
  names: readonly string[],
  now: Date,
  detail: Omit<DomainEventDetail<Type>, 'version' | 'id' | 'occurredAt'>,
): OutboxEntry {
  const id = deterministicUuid(source, type, ...names);
  return {
    id,
    type,
    detail: redactTexts(
      { version: 1, id, occurredAt: now.toISOString(), ...detail },
      personalEventFields,
    ),
    createdAt: now,
  };
}
