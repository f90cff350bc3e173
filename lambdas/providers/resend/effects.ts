import { eventTextLimits } from '../../catalog/domain-events.ts';
import { canonicalAddress } from '../../notifications/email-address.ts';
import type { Suppression } from '../../notifications/email-suppressions.queries.ts';
import type { NewNotification } from '../../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import { type OutboxOrigin, outboxEntry } from '../../outbox/outbox-entry.ts';
import { cutText } from '../../platform/cut-text.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';
import { source } from './address-state.ts';
import { chatMessage } from './chat-message.ts';
import { type EventEffect, suppressionsOf } from './reduce-events.ts';

export interface SuppressionEffects {
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
}

/** Addresses of the stage's settings. */
export interface Contacts {
  readonly stage: string;
  /** Canonical address of support. */
  readonly support: string;
  /** Canonical addresses of everybody without an account whom this system mails. */
  readonly operational: ReadonlySet<string>;
}

/** Environment variables that `contactsOf` reads. */
export const contactVariables = [
  'STAGE',
  'SUPPORT_EMAIL',
  'RELIABILITY_PARTNER_EMAIL',
  'COMPLIANCE_ADVISOR_EMAIL',
] as const;

type ContactEnvironment = Readonly<Record<(typeof contactVariables)[number], string>>;

export function contactsOf(env: ContactEnvironment): Contacts {
  const others = [env.RELIABILITY_PARTNER_EMAIL, env.COMPLIANCE_ADVISOR_EMAIL];
  return makeContacts(env.STAGE, env.SUPPORT_EMAIL, others);
}

export function makeContacts(stage: string, support: string, others: readonly string[]): Contacts {
  return {
    stage,
    support: canonicalAddress(support),
    operational: new Set([support, ...others].map(canonicalAddress)),
  };
}

/**
 * Composes the effects of the suppressions that one event caused.
 * @param causeId Differs from the event's id for a replay of an applied event.
 */
export function effectsOf(
  effect: EventEffect,
  contacts: Contacts,
  now: Date,
  causeId = effect.event.eventId,
): SuppressionEffects {
  const { event, isOperational } = effect;
  const origin = { source, eventId: causeId, occurredAt: event.occurredAt };
  const lastAnswer = event.about === 'mail' ? (event.reason ?? null) : null;
  return announce(suppressionsOf(effect), { origin, contacts, lastAnswer, isOperational, now });
}

export interface Announcement {
  readonly origin: OutboxOrigin;
  readonly contacts: Contacts;
  /** Text of the last bounce. */
  readonly lastAnswer: string | null;
  /** True if the addresses are known to be no member's. */
  readonly isOperational: boolean;
  readonly now: Date;
}

/**
 * Composes a domain event and a mail to support for each newly suppressed address, and an on-call
 * alert if the address is one of our own: nobody else would notice that its mails have stopped.
 */
export function announce(
  suppressions: readonly Suppression[],
  { origin, contacts, lastAnswer, isOperational, now }: Announcement,
): SuppressionEffects {
  const { support, stage, operational } = contacts;
  const notifications = suppressions
    // The address of support itself receives no mail once it is suppressed.
    .filter(({ address }) => address !== support)
    .map((suppression) => supportNotification(suppression, origin, lastAnswer, contacts));
  const alerts = suppressions.filter(({ address }) => isOperational || operational.has(address));
  return {
    notifications,
    outbox: [
      ...suppressions.map((suppression) => suppressedEvent(origin, suppression, now)),
      ...notifications.map(({ id }) =>
        outboxEntry(origin, 'notification.requested', { notificationId: id }, now, id),
      ),
      ...alerts.map((suppression) =>
        outboxEntry(
          origin,
          'on-call.alerted',
          { message: chatMessage(suppression, stage) },
          now,
          suppression.address,
        ),
      ),
    ],
  };
}

function suppressedEvent(
  origin: OutboxOrigin,
  { address, reason, origin: list }: Suppression,
  now: Date,
): OutboxEntry {
  const detail = { address: cutText(address, eventTextLimits.address), reason, origin: list };
  return outboxEntry(origin, 'email.suppressed', detail, now, address);
}

function supportNotification(
  { address, reason, since }: Suppression,
  { eventId }: OutboxOrigin,
  lastAnswer: string | null,
  { support, stage }: Contacts,
): NewNotification {
  const kind = 'address.suppressed';
  return {
    id: deterministicUuid(source, eventId, kind, address),
    recipient: support,
    kind,
    params: { address, reason, lastAnswer, stage },
    source,
    eventId,
    assetId: null,
    createdAt: since,
  };
}
