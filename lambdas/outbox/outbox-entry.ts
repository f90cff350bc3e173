import type { DomainEventDetail, DomainEventType } from '../catalog/domain-events.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { OutboxEntry } from './outbox.queries.ts';

/** The provider's event that a domain event follows from. */
export interface OutboxOrigin {
  readonly source: string;
  readonly eventId: string;
  readonly occurredAt: Date;
}

/** @param subject Tells apart what one event causes several times. */
export function outboxEntry<Type extends DomainEventType>(
  { source, eventId, occurredAt }: OutboxOrigin,
  type: Type,
  facts: Omit<DomainEventDetail<Type>, 'version' | 'id' | 'occurredAt'>,
  now: Date,
  subject = '',
): OutboxEntry {
  const id = deterministicUuid(source, eventId, type, subject);
  return {
    id,
    type,
    detail: { version: 1, id, occurredAt: occurredAt.toISOString(), ...facts },
    createdAt: now,
  };
}
