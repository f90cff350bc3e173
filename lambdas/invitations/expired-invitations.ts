import type { User } from '../assets/users.queries.ts';
import { eventTextLimits } from '../catalog/domain-events.ts';
import type { NewNotification } from '../notifications/notifications.queries.ts';
import { requestMail } from '../notifications/request-mail.ts';
import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { cutText } from '../platform/cut-text.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { ExpiredInvitation } from './invitations.queries.ts';

export interface ExpiredInvitations {
  readonly invitations: readonly ExpiredInvitation[];
  readonly admins: readonly User[];
  readonly stage: string;
}

const source = 'clean-up-invitations';

// Limits the table in the mail to a readable length.
const ROWS_IN_MAIL = 50;

/** Composes a domain event for each invitation, and one mail to each admin about all of them. */
export function composeExpiryMessages(
  { invitations, admins, stage }: ExpiredInvitations,
  now: Date,
) {
  if (invitations.length === 0) return { notifications: [], outbox: [] };
  const eventId = deterministicUuid(source, ...invitations.map(expiryKey));
  const params = {
    total: invitations.length,
    listCommand: `npm run ops -- invitations list --stage ${stage}`,
    invitations: invitations.slice(0, ROWS_IN_MAIL).map(({ id, email, issuedAt, invitedBy }) => ({
      email,
      invitedBy,
      issuedAt: issuedAt.toISOString(),
      reissueCommand: `npm run ops -- invitations reissue ${id} --stage ${stage}`,
    })),
  };
  const notifications = admins.map(
    ({ id }): NewNotification => ({
      id: deterministicUuid(source, eventId, id),
      userId: id,
      kind: 'invitations.expired',
      params,
      source,
      eventId,
      assetId: null,
      createdAt: now,
    }),
  );
  return {
    notifications,
    outbox: [
      ...invitations.map((invitation) => composeExpiredEvent(invitation, now)),
      ...notifications.map((notification) => requestMail(notification)),
    ],
  };
}

/** Identifies one expiry. Includes the time, because a reissued invitation can expire again. */
const expiryKey = ({ id, issuedAt }: ExpiredInvitation) => `${id} ${issuedAt.toISOString()}`;

function composeExpiredEvent(invitation: ExpiredInvitation, now: Date): OutboxEntry {
  const { id, email, role, issuedAt } = invitation;
  return outboxEntry(
    { source, eventId: expiryKey(invitation), occurredAt: now },
    'invitation.expired',
    {
      invitationId: id,
      email: cutText(email, eventTextLimits.address),
      role,
      issuedAt: issuedAt.toISOString(),
    },
    now,
  );
}
