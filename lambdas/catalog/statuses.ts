/** Statuses that the check constraint of migrations/0004 allows. */
export const invitationStatuses = ['pending', 'accepted', 'expired', 'revoked'] as const;

export type InvitationStatus = (typeof invitationStatuses)[number];

export const eventStatuses = ['processed', 'ignored', 'synthetic', 'failed', 'exhausted'] as const;

export const outboxStatuses = ['set-aside', 'waiting'] as const;
