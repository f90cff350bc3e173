/** Statuses that the check constraint of migrations/0004 allows. */
export const invitationStatuses = ['pending', 'accepted', 'expired', 'revoked'] as const;

export type InvitationStatus = (typeof invitationStatuses)[number];

/** `closed`: an operator decided that the failed event need not be applied. */
export const eventStatuses = [
  'processed',
  'ignored',
  'synthetic',
  'failed',
  'exhausted',
  'closed',
] as const;

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

/**
 * How an event reached the system. `signed`: in a delivery whose signature was verified.
 * `reconciled`: the job reconcile read it from the provider's API, so no signature was verified.
 */
export const eventOrigins = ['signed', 'reconciled'] as const;

export type EventOrigin = (typeof eventOrigins)[number];

export const outboxStatuses = ['set-aside', 'waiting'] as const;
