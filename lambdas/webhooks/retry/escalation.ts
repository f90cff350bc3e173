import type {
  ChatMessage,
  DomainEventDetail,
  DomainEventType,
} from '../../catalog/domain-events.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { ageMs } from '../../platform/age.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import { shellQuote } from '../../platform/shell-quote.ts';
import type { OpenEvent } from '../failed-events.queries.ts';

export interface EscalationSettings {
  readonly stage: string;
  /** Of the reliability partner. */
  readonly recipient: string;
}

export interface Escalation {
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

const source = 'escalation';

// A table that a person reads; the command lists the rest.
const ROWS_IN_MAIL = 50;
const ROWS_IN_CHAT = 10;

/** One mail and one message to those on call for all of them, and a domain event for each. */
export function escalate(
  events: readonly OpenEvent[],
  settings: EscalationSettings,
  now: Date,
): Escalation {
  if (events.length === 0) return { notifications: [], outbox: [] };
  const occasion = deterministicUuid(
    source,
    ...events.map(({ source: provider, eventId }) => `${provider} ${eventId}`),
    now.toISOString(),
  );
  const mail = mailTo(settings, events, occasion, now);
  return {
    notifications: [mail],
    outbox: [
      ...events.map((event) => exhaustedEvent(event, occasion, now)),
      entry('on-call.alerted', [occasion], now, { message: chatMessage(events, settings, now) }),
      entry('notification.requested', [mail.id], now, { notificationId: mail.id }),
    ],
  };
}

function mailTo(
  { stage, recipient }: EscalationSettings,
  events: readonly OpenEvent[],
  occasion: string,
  now: Date,
): NewNotification {
  return {
    id: deterministicUuid(source, occasion, 'mail'),
    recipient,
    kind: 'webhooks.exhausted',
    params: {
      stage,
      total: events.length,
      listCommand: listCommand(stage),
      events: events.slice(0, ROWS_IN_MAIL).map((event) => ({
        provider: event.source,
        type: event.type,
        eventId: event.eventId,
        age: ageOf(event.receivedAt, now),
        error: errorOf(event),
        replayCommand: replayCommand(event, stage),
      })),
    },
    source,
    eventId: occasion,
    assetId: null,
    createdAt: now,
  };
}

function exhaustedEvent(event: OpenEvent, occasion: string, now: Date): OutboxEntry {
  const {
    source: provider,
    type,
    eventId,
    receivedAt,
    attempts,
    redrives,
    errorCode,
    errorMessage,
  } = event;
  const facts = {
    provider,
    type,
    eventId,
    receivedAt: receivedAt.toISOString(),
    attempts,
    redrives,
    errorCode,
  };
  return entry('webhook.exhausted', [provider, eventId, occasion], now, { ...facts, errorMessage });
}

export function chatMessage(
  events: readonly OpenEvent[],
  { stage }: EscalationSettings,
  now: Date,
): ChatMessage {
  const lines = events.slice(0, ROWS_IN_CHAT).map((event) => {
    const { source: provider, type, eventId, receivedAt } = event;
    return `• *${plain(provider)}* ${plain(type)} \`${plain(eventId)}\`, ${ageOf(receivedAt, now)} old: ${plain(errorOf(event))}`;
  });
  const more = events.length - lines.length;
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: `:rotating_light: ${stage}: ${count(events.length)} failed for good`,
      description: [...lines, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n'),
      nextSteps: [
        ...events
          .slice(0, ROWS_IN_CHAT)
          .map((event) => `Replay: \`${replayCommand(event, stage)}\``),
        `All of them: \`${listCommand(stage)}\``,
      ],
      keywords: ['webhook.exhausted', stage],
    },
  };
}

const listCommand = (stage: string) =>
  `npm run ops -- events list --status exhausted --stage ${stage}`;

const replayCommand = ({ source: provider, eventId }: OpenEvent, stage: string) =>
  `npm run ops -- events replay --provider ${shellQuote(provider)} --event ${shellQuote(eventId)} --stage ${stage}`;

const errorOf = ({ errorCode, errorMessage }: OpenEvent) =>
  `${errorCode ?? 'unknown'}: ${(errorMessage ?? '').split('\n')[0]?.slice(0, 200)}`;

/** Nothing that a chat takes for markup, a mention or a link. */
const plain = (text: string) => text.replace(/[`*_~<>@|\s]+/g, ' ').trim();

const count = (events: number) => (events === 1 ? 'an event' : `${events} events`);

export function ageOf(receivedAt: Date, now: Date): string {
  const minutes = Math.floor(ageMs(receivedAt, now) / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 1_440)} days`;
}

function entry<Type extends DomainEventType>(
  type: Type,
  names: readonly string[],
  now: Date,
  facts: Omit<DomainEventDetail<Type>, 'version' | 'id' | 'occurredAt'>,
): OutboxEntry {
  const id = deterministicUuid(source, type, ...names);
  return {
    id,
    type,
    detail: { version: 1, id, occurredAt: now.toISOString(), ...facts },
    createdAt: now,
  };
}
