import {
  type DomainEventDetail,
  type DomainEventType,
  personalEventFields,
} from '../catalog/domain-events.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import { redactTexts } from '../platform/redaction/redact-texts.ts';
import type { OutboxEntry } from './outbox.queries.ts';

/** Identifies the provider event that caused a domain event. */
export interface OutboxOrigin {
  readonly source: string;
  readonly eventId: string;
  readonly occurredAt: Date;
}

/**
 * Creates an outbox entry with an id derived from its origin.
 * @param subject Distinguishes several entries of one type with the same origin.
 */
export function outboxEntry<Type extends DomainEventType>(
  { source, eventId, occurredAt }: OutboxOrigin,
  type: Type,
  detail: Omit<DomainEventDetail<Type>, 'version' | 'id' | 'occurredAt'>,
  now: Date,
  subject = '',
): OutboxEntry {
  const id = deterministicUuid(source, eventId, type, subject);
  return {
    id,
    type,
    detail: redactTexts(
      { version: 1, id, occurredAt: occurredAt.toISOString(), ...detail },
      personalEventFields,
    ),
    createdAt: now,
  };
}
