/** Statuses that the check constraint of migrations/0004 allows. */
export const invitationStatuses = ['pending', 'accepted', 'expired', 'revoked'] as const;

export type InvitationStatus = (typeof invitationStatuses)[number];

export const eventStatuses = ['processed', 'ignored', 'synthetic', 'failed', 'exhausted'] as const;

/** Statuses of an asset, in the order of a video's life. */
export const assetStatuses = [
  'awaiting-upload',
  'processing',
  'cancelled',
  'ready',
  'failed',
  'deleted',
] as const;

export const mailStatuses = ['pending', 'sent', 'suppressed', 'failed'] as const;

export const jobRunStatuses = ['running', 'succeeded', 'failed'] as const;

export const outboxStatuses = ['set-aside', 'waiting'] as const;
