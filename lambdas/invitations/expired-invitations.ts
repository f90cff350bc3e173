import type { User } from '../assets/users.queries.ts';
import type { NewNotification } from '../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { ExpiredInvitation } from './invitations.queries.ts';

export interface ExpiredBatch {
  readonly invitations: readonly ExpiredInvitation[];
  readonly admins: readonly User[];
  readonly stage: string;
}

const source = 'clean-up-invitations';

// A table that a person reads.
const ROWS_IN_MAIL = 50;

/** A domain event for each, and one mail to each admin for all of them. */
export function tellOfExpiry({ invitations, admins, stage }: ExpiredBatch, now: Date) {
  if (invitations.length === 0) return { notifications: [], outbox: [] };
  // An invitation may be reissued and expire again, so the time is part of what happened.
  const names = invitations.map(({ id, issuedAt }) => `${id} ${issuedAt.toISOString()}`);
  const eventId = deterministicUuid(source, ...names);
  const params = {
    total: invitations.length,
    listCommand: `npm run ops -- invitations list --stage ${stage}`,
    invitations: invitations.slice(0, ROWS_IN_MAIL).map(({ id, email, issuedAt, invitedBy }) => ({
      ...{ email, invitedBy, issuedAt: issuedAt.toISOString() },
      reissueCommand: `npm run ops -- invitations reissue ${id} --stage ${stage}`,
    })),
  };
  const notifications = admins.map(
    ({ id }): NewNotification => ({
      id: deterministicUuid(source, eventId, id),
      userId: id,
      kind: 'invitations.expired',
      params,
      ...{ source, eventId, assetId: null, createdAt: now },
    }),
  );
  return {
    notifications,
    outbox: [
      ...invitations.map((one) => expiredEvent(one, now)),
      ...notifications.map((one) => requestOf(one)),
    ],
  };
}

function expiredEvent({ id, email, role, issuedAt }: ExpiredInvitation, now: Date): OutboxEntry {
  const cause = { source, eventId: `${id} ${issuedAt.toISOString()}`, occurredAt: now };
  return outboxEntry(
    cause,
    'invitation.expired',
    { invitationId: id, email, role, issuedAt: issuedAt.toISOString() },
    now,
  );
}

function requestOf({ id, eventId, createdAt }: NewNotification): OutboxEntry {
  const cause = { source, eventId, occurredAt: createdAt };
  return outboxEntry(cause, 'notification.requested', { notificationId: id }, createdAt, id);
}
